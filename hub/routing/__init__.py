"""Which source is asked, in which order, and what became of it (Article 13)."""
