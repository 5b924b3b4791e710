"""Documents of the record: files that are uploaded, kept encrypted, and downloaded."""
