"""The best that a Python server could do: the same pages by the bare driver, written out by hand.

Same reads, same fields, same rows, same check of the caller. No Beanie, no pydantic, no GraphQL, no Starlette, no log. Reads ask
only for the fields that are shown, and run at the same time where none needs another's answer. Of the project's packages only
``models.money`` would be of use here, and not even that is used: whatever is shared could not be measured.
"""
