"""The desk's own database: requests, their history, timers, proofs, and answers given to writes."""
