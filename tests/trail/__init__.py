"""Facts about hub.trail."""
