"""A believable clinic of our own making, the same every time. Nobody in it is real."""
