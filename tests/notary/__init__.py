"""Facts about hub.notary."""
