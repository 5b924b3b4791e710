"""Making one patient of two that were found to be the same person, and undoing it exactly."""
