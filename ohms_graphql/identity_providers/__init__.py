"""Sign-in through identity providers that are not ours: any OpenID Connect issuer."""
