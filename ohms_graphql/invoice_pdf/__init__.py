"""Invoices on paper: what is printed (``page``) and how it is drawn as a PDF (``drawing``)."""
