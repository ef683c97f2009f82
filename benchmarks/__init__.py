"""What a lookup costs: `python -m benchmarks`."""
