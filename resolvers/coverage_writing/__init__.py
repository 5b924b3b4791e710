"""Adding and changing coverages."""
