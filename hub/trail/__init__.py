"""The records: nothing leaves unless it is written here first."""
