"""What else one would put before the platforms, doing the bare lookup: measured beside the hub."""
