"""The card processor: Stripe. The only package that knows it."""
