"""Real-time eligibility: asking a clearing house in JSON, in the shape of X12 270 and 271."""
