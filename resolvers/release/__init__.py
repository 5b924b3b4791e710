"""When an entry of the record reaches its patient: at once by default, later where a hold stands, and who is told of it."""
