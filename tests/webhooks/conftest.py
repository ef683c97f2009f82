"""Databases for these tests."""

from tests.databases import database, engine

__all__ = ["database", "engine"]
