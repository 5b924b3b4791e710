"""Rules of the schedule: pure, without I/O."""
