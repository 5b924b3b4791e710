"""Writing the clinical record: nothing is overwritten, and what is signed changes by a new version only."""
