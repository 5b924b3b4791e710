"""Writes of appointments, one file each."""
