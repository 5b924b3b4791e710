"""How fast OHMS is, as a share of what a Python server could be at best. ``python -m benchmarks`` measures."""
