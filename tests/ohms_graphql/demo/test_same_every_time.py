"""The same day, the same clinic: in every process, on every machine, whatever hour it is there."""

import hashlib
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from ohms_graphql.demo.clinic import demo_clinic
from tests.ohms_graphql.demo.documents import Documents

ROOT = Path(__file__).parents[3]
DIGEST = """
import asyncio, hashlib, sys
from datetime import datetime
from tests.no_database import bind_to_nothing
from ohms_graphql.demo.clinic import demo_clinic
asyncio.run(bind_to_nothing())
text = "".join(document.model_dump_json() for document in demo_clinic(datetime.fromisoformat(sys.argv[1])))
print(hashlib.sha256(text.encode()).hexdigest())
"""


def test_two_processes_with_other_hash_seeds_and_time_zones_make_the_same_bytes(march: Documents) -> None:
    environments = [
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONPATH": "."},
        {"PYTHONHASHSEED": "2", "TZ": "America/Los_Angeles", "PYTHONUTF8": "0", "PYTHONPATH": "."},
    ]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", DIGEST, march.anchor.isoformat()], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
        for environment in environments
    ]
    digests = [process.communicate()[0].strip() for process in processes]
    here = hashlib.sha256("".join(document.model_dump_json() for document in march.everything).encode()).hexdigest()
    assert digests == [here, here]


def test_another_day_is_another_clinic_of_the_same_people(march: Documents) -> None:
    tomorrow = demo_clinic(march.anchor + timedelta(days=1))
    shapes = [{(type(document).__name__, document.id) for document in day} for day in (march.everything, tomorrow)]
    people = [{key for key in shape if key[0] in {"Patient", "Provider", "Account"}} for shape in shapes]
    assert people[0] == people[1]
    assert json.dumps([document.model_dump_json() for document in tomorrow]) != json.dumps(
        [document.model_dump_json() for document in march.everything]
    )
