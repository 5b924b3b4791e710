"""What analysts get of patients' data: the safe harbour of 45 CFR 164.514(b)(2), on every road out of the database."""
