"""Compiled plans: a validated query is compiled once and executed without walking it again."""
