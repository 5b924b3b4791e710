"""Documents: uploads as they arrive, the encrypted store, and downloads by signed links."""
