"""Facts about the connectors floor."""
