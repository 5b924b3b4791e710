"""The inline executor answers as graphql-core does: on random schemas, data and operations."""
