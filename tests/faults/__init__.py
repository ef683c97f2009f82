"""What becomes of a lookup when a platform fails: every dialect, every fault, every tier."""
