"""Sampled stacks become a picture that says whose work it is, and names only what belongs there."""

from xml.etree import ElementTree as ET

from benchmarks.flame_graph import drawing, graph_of, own_shares

_START = "_run_module_as_main (<frozen runpy>:173);Runner.run (asyncio/runners.py:86)"
_STACKS = f"""{_START};answer (ohms_graphql/graphql_endpoint.py:9);execute (graphql/execution/execute.py:1) 30
{_START};answer (ohms_graphql/graphql_endpoint.py:9);to_list (pymongo/asynchronous/cursor.py:3) 50
{_START};answer (ohms_graphql/graphql_endpoint.py:9) 20
_bootstrap (threading.py:1);_worker (concurrent/futures/thread.py:69) 400
"""


def test_frames_are_counted_below_the_loop_and_idle_threads_are_left_out() -> None:
    root = graph_of(_STACKS)
    (answer,) = root.called.values()
    assert (root.samples, answer.name, answer.samples) == (100, "answer (ohms_graphql/graphql_endpoint.py:9)", 100)
    assert sorted(inner.samples for inner in answer.called.values()) == [30, 50]


def test_the_legend_gives_each_worker_what_it_did_itself() -> None:
    assert own_shares(graph_of(_STACKS)) == {
        "PyMongo and BSON": 0.5,
        "GraphQL execution: graphql-core": 0.3,
        "endpoint: uvicorn, Starlette, JSON": 0.2,
    }


def test_the_drawing_is_xml_without_scripts_and_its_frames_lie_within_their_callers() -> None:
    text = drawing(graph_of(_STACKS.replace("execute (", "<locals>.<lambda> (")), "a page & more")
    svg = ET.fromstring(text)
    name = "{http://www.w3.org/2000/svg}"
    titles = [title.text or "" for title in svg.iter(f"{name}title")]
    assert titles[0] == "all: 100.0%"
    assert "<locals>.<lambda> (graphql/execution/execute.py:1): 30.0%" in titles
    widths = [float(group[1].attrib["width"]) for group in svg.iter(f"{name}g")]
    assert widths[0] == widths[1] == 1180
    assert sum(widths[2:]) == 0.8 * 1180
    assert "script" not in text
