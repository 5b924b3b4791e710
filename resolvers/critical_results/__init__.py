"""Critical values (LL, HH, AA): on the ordering provider's list until somebody has taken them in hand."""
