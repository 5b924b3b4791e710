"""Whose work a function is: how profiles and flame graphs are summed up."""

# The first that occurs in a function's file, or in its name if it is compiled, says whose work it is.
WORKERS = (
    ("waiting for MongoDB", ("'poll' of 'select", "'control' of 'select")),
    ("Beanie and pydantic: documents to models", ("/beanie/", "/pydantic/", "pydantic_core", "lazy_model")),
    ("GraphQL execution: graphql-core", ("/graphql/",)),
    ("GraphQL execution: Strawberry", ("/strawberry/",)),
    ("PyMongo and BSON", ("/pymongo/", "/bson/", "_cbson", "/gridfs/")),
    ("loaders: aiodataloader", ("aiodataloader",)),
    ("event loop", ("/asyncio/", "_asyncio", "selectors.py", "/contextlib.py", "_contextvars", "socket", "uvloop")),
    ("sign-in: tokens", ("/joserfc/", "/ohms_graphql/access_tokens", "_hashlib", "hmac")),
    ("encryption: Tink", ("/tink/",)),
    ("endpoint: uvicorn, Starlette, JSON", ("/uvicorn/", "/starlette/", "orjson", "/ohms_graphql/")),
    ("OHMS: schema (nodes, ids, limits, rights)", ("/schema/",)),
    ("OHMS: resolvers and models", ("/resolvers/", "/models/")),
)


def worker(text: str) -> str | None:
    """``text`` is a file's path with a slash before it, or a compiled function's name. None for whose work is not known."""
    return next((name for name, marks in WORKERS if any(mark in text for mark in marks)), None)
