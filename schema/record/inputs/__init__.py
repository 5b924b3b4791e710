"""What providers enter into the record: entries, their changes, and the values in both."""
