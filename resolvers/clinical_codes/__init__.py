"""Codes of clinical terminologies: which systems are known, what a code of each looks like, and its check digit."""
