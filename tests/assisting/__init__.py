"""Facts about assisted verification as the hub uses it."""
