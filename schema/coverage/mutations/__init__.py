"""Writes of coverages and payers, one file each."""
