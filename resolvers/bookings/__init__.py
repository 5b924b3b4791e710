"""Making, moving and ending visits."""
