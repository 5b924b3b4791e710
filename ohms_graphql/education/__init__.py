"""A starter library of health education, and the way in for a clinic's own."""
