"""Processes under measurement that belong to the room itself: the hub, and the floors below it."""
