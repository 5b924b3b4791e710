"""The embedded MongoDB: a real server in each of these tests, and real processes that share it, are killed or interrupted."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from ohms_graphql.embedded_mongod import DataFolder, embedded_mongod
from ohms_graphql.errors import OhmsError
from ohms_graphql.mongod_process import RunningMongod, running_mongod

HOLDER = """
import sys, time
from pathlib import Path
from ohms_graphql.embedded_mongod import embedded_mongod
print("starting", flush=True)
with embedded_mongod(Path(sys.argv[1])) as url:
    print(url, flush=True)
    time.sleep(60)
"""

Client = MongoClient[dict[str, Any]]
Hold = Callable[[], "Holder"]


class Holder:
    """Another process that uses the server."""

    def __init__(self, data_dir: Path) -> None:
        command = [sys.executable, "-c", HOLDER, str(data_dir)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def url(self) -> str:
        assert self.line() == "starting"
        return self.line()

    def end(self, sign: signal.Signals) -> None:
        self.process.send_signal(sign)
        self.process.wait(30)

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "ohms"
    yield folder
    DataFolder(folder).stop(at_once=True)
    shutil.rmtree(folder, ignore_errors=True)  # 300 MB each


@pytest.fixture
def hold(data_dir: Path) -> Iterator[Hold]:
    holders: list[Holder] = []

    def one_more() -> Holder:
        holders.append(Holder(data_dir))
        return holders[-1]

    yield one_more
    for holder in holders:
        holder.close()


def server_of(data_dir: Path) -> RunningMongod | None:
    return running_mongod(DataFolder(data_dir).files)


def pid_of(data_dir: Path) -> int:
    server = server_of(data_dir)
    assert server is not None
    return server.pid


@contextmanager
def somebody_listening(port: int) -> Iterator[None]:
    """A program that is no MongoDB: it answers what it is asked with something else and hangs up."""

    def answer() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(100)
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.create_server(("127.0.0.1", port)) as listener:
        thread = threading.Thread(target=answer)
        thread.start()
        yield
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_data_and_port_survive_a_restart_and_nothing_runs_in_between(data_dir: Path) -> None:
    with embedded_mongod(data_dir) as first, Client(first) as client:
        client["ohms"]["notes"].insert_one({"text": "kept"})
    assert server_of(data_dir) is None
    with embedded_mongod(data_dir) as second, Client(second) as client:
        assert client["ohms"]["notes"].count_documents({"text": "kept"}) == 1
    assert second == first


def test_transactions_and_change_streams_work(data_dir: Path) -> None:
    with embedded_mongod(data_dir) as url, Client(url) as client:
        notes = client["ohms"]["notes"]
        with notes.watch() as changes:
            with client.start_session() as session, session.start_transaction():
                notes.insert_one({"_id": 1}, session=session)
                session.abort_transaction()
            with client.start_session() as session, session.start_transaction():
                notes.insert_one({"_id": 2}, session=session)
            assert changes.next()["documentKey"] == {"_id": 2}


def test_only_loopback_is_served_and_zlib_is_off(data_dir: Path) -> None:
    with embedded_mongod(data_dir) as url, Client(url) as client:
        assert "compression" not in client.admin.command("hello", compression=["zlib"])
        options = client.admin.command("getCmdLineOpts")["parsed"]
    assert options["net"]["bindIp"] == "127.0.0.1"
    assert options["net"]["unixDomainSocket"] == {"enabled": False}
    assert data_dir.stat().st_mode & 0o077 == 0


def test_two_processes_that_start_together_share_one_server_and_the_last_stops_it(data_dir: Path, hold: Hold) -> None:
    one, other = hold(), hold()
    assert one.url() == other.url()
    pid = pid_of(data_dir)
    one.end(signal.SIGINT)
    assert pid_of(data_dir) == pid
    other.end(signal.SIGINT)
    assert server_of(data_dir) is None


def test_a_server_left_by_a_killed_process_is_adopted_and_stopped_by_the_next(data_dir: Path, hold: Hold) -> None:
    killed = hold()
    url = killed.url()
    pid = pid_of(data_dir)
    killed.end(signal.SIGKILL)
    assert pid_of(data_dir) == pid
    with embedded_mongod(data_dir) as adopted:
        assert adopted == url
        assert pid_of(data_dir) == pid
    assert server_of(data_dir) is None


def test_a_killed_process_does_not_count_as_a_user(data_dir: Path, hold: Hold) -> None:
    killed, other = hold(), hold()
    killed.url()
    other.url()
    killed.end(signal.SIGKILL)
    other.end(signal.SIGINT)
    assert server_of(data_dir) is None


def test_an_interrupt_while_the_server_starts_leaves_none_behind(data_dir: Path, hold: Hold) -> None:
    holder = hold()
    assert holder.line() == "starting"
    time.sleep(0.1)
    holder.end(signal.SIGINT)
    assert server_of(data_dir) is None


def test_a_ctrl_c_in_the_terminal_does_not_reach_the_server(data_dir: Path) -> None:
    with embedded_mongod(data_dir):
        assert os.getpgid(pid_of(data_dir)) != os.getpgid(0)
        assert os.getsid(pid_of(data_dir)) != os.getsid(0)


def test_a_started_server_stays_until_it_is_stopped_and_its_users_have_left(data_dir: Path) -> None:
    folder = DataFolder(data_dir)
    started = folder.start()
    assert (started.stays, started.in_use) == (True, False)
    with embedded_mongod(data_dir) as url:
        assert url == started.url
    status = folder.status()
    assert status is not None
    assert status.pid == started.pid
    with embedded_mongod(data_dir):
        assert folder.stop() is False
        assert pid_of(data_dir) == started.pid
    assert folder.status() is None
    assert folder.stop() is True


def test_after_a_crash_the_server_starts_again_with_its_data(data_dir: Path) -> None:
    folder = DataFolder(data_dir)
    with Client(folder.start().url) as client:
        client["ohms"]["notes"].insert_one({"text": "kept"})
    crashed = pid_of(data_dir)
    os.kill(crashed, signal.SIGKILL)
    while server_of(data_dir) is not None:
        time.sleep(0.01)
    assert (folder.files / "mongod.lock").read_text().strip() == str(crashed)
    with embedded_mongod(data_dir) as url, Client(url) as client:
        assert pid_of(data_dir) != crashed
        assert client["ohms"]["notes"].count_documents({}) == 1
    assert folder.status() is None, "that the crashed server was to stay says nothing about the new one"


@pytest.mark.parametrize("content", [None, "", '{"pid": 1, "port": 1, "stays": true}'])
def test_a_lost_or_wrong_state_file_does_not_hide_a_running_server(data_dir: Path, content: str | None) -> None:
    started = DataFolder(data_dir).start()
    state = data_dir / "mongod.json"
    if content is None:
        state.unlink()
    else:
        state.write_text(content)
    with embedded_mongod(data_dir) as url:
        assert url == started.url
    assert server_of(data_dir) is None, "without the file it is like any other server: the last to leave stops it"


def test_when_somebody_has_taken_the_port_the_server_and_its_replica_set_move(data_dir: Path) -> None:
    with embedded_mongod(data_dir) as url, Client(url) as client:
        client["ohms"]["notes"].insert_one({"text": "kept"})
        port = client.address[1] if client.address else 0
    with somebody_listening(port), embedded_mongod(data_dir) as moved, Client(moved) as client:
        assert moved != url
        client["ohms"]["notes"].insert_one({"text": "written at the new port"})
        assert client["ohms"]["notes"].count_documents({}) == 2


def test_data_in_use_by_a_server_of_somebody_else_are_left_alone(data_dir: Path) -> None:
    folder = DataFolder(data_dir)
    started = folder.start()
    folder.files.rename(moved := folder.files.with_name("elsewhere"))  # as if it had been started on another path
    with pytest.raises(OhmsError, match=rf"in use by a MongoDB server that OHMS did not start \(process {started.pid}\)"):
        running_mongod(moved)
    moved.rename(folder.files)
    assert pid_of(data_dir) == started.pid


def test_thrown_away_data_are_gone_when_the_last_user_leaves(data_dir: Path) -> None:
    with embedded_mongod(data_dir, throw_away=True):
        with embedded_mongod(data_dir, throw_away=True):
            pass
        assert DataFolder(data_dir).files.exists()
    assert not DataFolder(data_dir).files.exists()
