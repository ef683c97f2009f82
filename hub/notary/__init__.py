"""Proofs: rendered, sealed by a unit, endorsed by the platform, and checked (Articles 14 and 15)."""
