"""Coverages, invoices and payments. The maths is exact: integers, rounded once."""
