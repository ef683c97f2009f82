"""Tables, engine and migrations; the only place that speaks SQL."""
