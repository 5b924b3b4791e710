"""What happened to a patient, in order: visits, entries of the record, and when those reached the patient."""
