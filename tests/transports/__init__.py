"""Subscriptions over WebSocket and SSE."""
