"""GraphiQL, served by the hub itself: no request leaves it."""
