"""FHIR R4 out: for other systems, and as a patient's own copy. docs/fhir.md tells what stays equal and what does not."""
