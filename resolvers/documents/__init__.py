"""Documents: from a text to what runs, once for all texts that differ in literal values only."""
