"""One module per migration of the desk, in the order of their numbers."""
