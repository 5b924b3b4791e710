"""Video visits, wired: the services that carry them, and the stream of what is told in them."""
