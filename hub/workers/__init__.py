"""Several processes behind one address: workers that serve, and the one that keeps them."""
