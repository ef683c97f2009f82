"""Strict declarations: certificate types and platforms, from TOML to checked values."""
