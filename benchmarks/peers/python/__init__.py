"""Peers in Python: the GraphQL libraries one would take, each doing the bare lookup."""
