"""Pages of the account's owner: a new password, an invitation, an address, a registration, each confirmed by a mailed code.

Plain HTML forms over the same use cases as the mutations. A code is typed in and never part of an address: addresses end up in
histories, logs and the mail scanners that open every link before its reader does.
"""
