"""Asking payers whether a coverage holds and what it pays."""
