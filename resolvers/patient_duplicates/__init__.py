"""Finding out that two patients may be one person. For staff only: others must not learn who is a patient."""
