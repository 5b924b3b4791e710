"""Reminders of visits by mail: each is sent once, by whichever process is first, and says nothing clinical."""
