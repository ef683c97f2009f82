"""Notification and commitment (告知承诺), Article 10: its text, and its acceptance on record."""
