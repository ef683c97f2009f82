"""Commitment: offered by the row, accepted on record."""
