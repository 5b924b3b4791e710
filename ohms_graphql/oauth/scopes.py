"""What a client may ask for, and what people are told about it."""

SCOPES: dict[str, str] = {
    "openid": "know that it is you",
    "profile": "see what you may be here (patient, provider, staff ...)",
    "email": "see your e-mail address",
    "offline_access": "stay signed in for thirty days",
    "ohms": "read and change everything that you yourself can read and change here",
}
"""By name, each after "It may ...". `ohms` is the API itself."""
