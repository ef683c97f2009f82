"""Stand-in platforms that speak the real dialects over real HTTP, with synthetic people."""
