"""``python -m benchmarks.empty_route --port N``: a Starlette route that answers ``{}``, under uvicorn as OHMS is run.

What a small query is compared with: no GraphQL, no sign-in, no database, no log.
"""

import argparse

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def _empty(_request: Request) -> JSONResponse:
    return JSONResponse({})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.empty_route", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    uvicorn.run(
        Starlette(routes=[Route("/", _empty)]),
        host="127.0.0.1",
        port=parser.parse_args().port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
    )


if __name__ == "__main__":
    main()
