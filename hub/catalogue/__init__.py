"""The public catalogue: which unit may ask which certificate for which item (Article 8)."""
