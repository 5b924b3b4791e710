"""Invoices, payments and the ledger."""
