"""Facts about hub.storage."""
