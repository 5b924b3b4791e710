"""Calendar files (RFC 5545): one of a visit, behind a link that expires, and one of a schedule, behind a secret address."""
