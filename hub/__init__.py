"""What the hub is: its words, its catalogue, its routing, its records. No web face."""
