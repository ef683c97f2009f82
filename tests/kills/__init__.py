"""Hub and desk killed together, at any moment, under load."""
