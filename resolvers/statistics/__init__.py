"""Counts and sums for analysts. MongoDB counts; what would single somebody out is withheld."""
