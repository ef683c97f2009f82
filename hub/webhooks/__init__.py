"""Webhooks (回调通知): what changed, told to systems that prefer being called."""
