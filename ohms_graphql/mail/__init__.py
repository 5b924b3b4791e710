"""Where mail goes: to a mail server when one is set; else development writes it to the log, and production refuses."""
