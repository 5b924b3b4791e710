"""Free slots: who offers what, less what is taken."""
