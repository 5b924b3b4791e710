"""The clinical record of each patient, made from their problems and visits."""
