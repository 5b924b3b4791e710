"""What is found wrong with a query's plan."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pymongo import MongoClient

from benchmarks.plans import Read, reads_of


@pytest.fixture
def rows(mongodb_url: str, database_name: str) -> Iterator[MongoClient[dict[str, Any]]]:
    with MongoClient[dict[str, Any]](mongodb_url) as client:
        client[database_name]["scanned"].insert_many([{"_id": number, "at": number % 7} for number in range(1000)])
        yield client
        client[database_name].drop_collection("scanned")
        client[database_name].drop_collection("system.profile")


def _only(client: MongoClient[dict[str, Any]], database: str, within: dict[str, Any], sort: str) -> Read:
    (read,) = reads_of(client, database, lambda: client[database]["scanned"].find(within).sort(sort).limit(5).to_list())
    return read


def test_a_scan_and_a_sort_in_memory_are_faults(rows: MongoClient[dict[str, Any]], database_name: str) -> None:
    scanned = _only(rows, database_name, {}, "at")
    assert scanned.rows == 5
    assert scanned.fault == "scans the collection"
    rows[database_name]["scanned"].create_index("at")
    sorted_in_memory = _only(rows, database_name, {"at": {"$gte": 5}}, "other")
    assert sorted_in_memory.fault == "sorts in memory"


def test_an_index_that_fits_is_none(rows: MongoClient[dict[str, Any]], database_name: str) -> None:
    rows[database_name]["scanned"].create_index([("at", 1), ("_id", 1)])
    read = _only(rows, database_name, {"at": 3}, "_id")
    assert (read.command, read.keys, read.rows, read.fault) == ("find", 5, 5, None)


def _union(client: MongoClient[dict[str, Any]], database: str, sort: str) -> Read:
    page: list[dict[str, Any]] = [{"$sort": {sort: 1}}, {"$limit": 5}]
    branch = {"$unionWith": {"coll": "scanned", "pipeline": [{"$match": {"at": {"$in": [3, 4]}}}, *page]}}
    stages = [{"$match": {"at": {"$in": [1, 2]}}}, *page, branch, *page]
    (read,) = reads_of(client, database, lambda: client[database]["scanned"].aggregate(stages).to_list())
    return read


def test_of_a_union_only_sorts_within_its_branches_are_faults(rows: MongoClient[dict[str, Any]], database_name: str) -> None:
    assert _union(rows, database_name, "other").fault == "scans the collection"
    rows[database_name]["scanned"].create_index([("at", 1), ("_id", 1)])
    merged = _union(rows, database_name, "_id")
    assert (merged.command, merged.branches, merged.rows, merged.fault) == ("union", 2, 5, None)
    assert merged.plan == "2 IXSCAN { at: 1, _id: 1 }"
    assert _union(rows, database_name, "other").fault == "sorts in memory"


def test_each_branch_of_a_union_examines_no_more_than_a_find_may() -> None:
    read = Read("records", "union", "9 IXSCAN { patient_id: 1 }", keys=250, documents=1000, rows=51, sorts=False, branches=2)
    assert read.fault is None
    assert replace(read, documents=2000).fault == "examines 2,000 keys for 51 rows"


def test_many_keys_for_few_rows_are_a_fault_unless_they_are_added_up() -> None:
    read = Read("appointments", "find", "IXSCAN { start: 1 }", keys=2000, documents=2000, rows=51, sorts=False)
    assert read.fault == "examines 2,000 keys for 51 rows"
    counted = Read("appointments", "aggregate", "COUNT_SCAN { start: 1 }", keys=2000, documents=0, rows=1, sorts=False)
    assert counted.fault is None
