"""A connection of the graph as CSV, read through the graph itself, as one account in one of its roles."""
