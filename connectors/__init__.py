"""The ground floor: one module per wire dialect, each turning an inquiry into an answer."""
