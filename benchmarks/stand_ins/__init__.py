"""Platforms that answer as fast as can be, so that a benchmark measures what asks them."""
