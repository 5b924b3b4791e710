"""Role x relationship x node x field x road, generated from the schema and a table written by hand."""
