"""``python -m benchmarks.ceiling --port N``: the ceiling under uvicorn, as OHMS is run (ohms_graphql.server)."""

import argparse
import os

import uvicorn
from pymongo import AsyncMongoClient

from benchmarks.ceiling.app import create_ceiling
from benchmarks.ceiling.stored_keys import stored_keys
from ohms_graphql.settings import load_settings


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ceiling", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    settings = load_settings(os.environ, port=parser.parse_args().port)
    client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(settings.mongodb_url, tz_aware=True)
    keys = stored_keys(settings)
    app = create_ceiling(client[settings.database], keys)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
    )


if __name__ == "__main__":
    main()
