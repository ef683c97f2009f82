"""What each event does to a request: one function per event, guards first."""
