"""Articles are written by staff: as drafts, published, and retired when they are no longer right."""
