"""What stands in calendar files: neutral words, because calendars are shared, synchronized and shown on lock screens."""
