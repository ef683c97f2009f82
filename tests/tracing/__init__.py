"""Traces, as who receives them sees them."""
