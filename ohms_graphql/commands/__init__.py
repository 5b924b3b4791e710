"""One module for each command. What is slow to import waits until the command runs, so that `ohms --help` is quick."""
