"""FHIR R4 in: `importing.import_paths` reads bundles into the clinic's documents."""
