"""Encryption at rest: the master key, the data keys that it wraps, and what is encrypted with them."""
