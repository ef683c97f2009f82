"""Facts about hub.catalogue."""
