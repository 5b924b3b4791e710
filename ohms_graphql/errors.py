"""The failures OHMS expects, told in one sentence to whoever typed the command."""


class OhmsError(Exception):
    """Something a person can put right. Its text is shown as it is: plain words, no patient data, no secrets."""
