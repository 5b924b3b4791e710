"""Following schedules as they change, and catching up after having been away."""
