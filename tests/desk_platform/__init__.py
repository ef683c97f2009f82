"""The desk as a platform: its store, timers and HTTP face."""
