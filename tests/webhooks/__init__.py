"""Webhooks: told in order, signed, again and again until they are taken."""
