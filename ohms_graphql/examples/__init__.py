"""Pages that show how a client may use the API: plain modules without a build, to be read and copied."""
