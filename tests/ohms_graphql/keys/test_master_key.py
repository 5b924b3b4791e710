"""Where the master key may be kept: a file, Vault and AWS, against servers that speak as theirs do."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ohms_graphql.errors import OhmsError
from ohms_graphql.keys.keysets import VALUES, key_ids, new_keyset, unwrapped, wrapped
from ohms_graphql.keys.master_key import derived_master_key, make_key_file, master_key_of
from ohms_graphql.settings import Settings, load_settings

TOKEN = "vault-token"
ARN = "arn:aws:kms:us-east-1:111122223333:key/k1"


class StandIn(BaseHTTPRequestHandler):
    """Vault's transit engine and AWS KMS, as far as they are asked: what they seal is turned round."""

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def _answer(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        target = self.headers.get("x-amz-target", "")
        if self.path.startswith("/v1/transit/") and self.headers.get("x-vault-token") != TOKEN:
            self._send(403, {"errors": ["permission denied"]})
        elif self.path == "/v1/transit/encrypt/ohms":
            self._send(200, {"data": {"ciphertext": f"vault:v1:{asked['plaintext'][::-1]}"}})
        elif self.path == "/v1/transit/decrypt/ohms":
            self._send(200, {"data": {"plaintext": asked["ciphertext"].removeprefix("vault:v1:")[::-1]}})
        elif target.endswith((".Encrypt", ".Decrypt")) and asked["KeyId"] == ARN:
            name = "CiphertextBlob" if target.endswith(".Encrypt") else "Plaintext"
            given = base64.b64decode(asked["Plaintext" if name == "CiphertextBlob" else "CiphertextBlob"])
            self._send(200, {name: base64.b64encode(given[::-1]).decode(), "KeyId": ARN})
        else:
            self._send(400, {"__type": "NotFoundException", "message": "no such key"})

    def _send(self, status: int, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments: object) -> None:
        """Says nothing."""


@pytest.fixture
def stand_in() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def there_and_back(settings: Settings) -> None:
    handle = new_keyset(VALUES)
    sealed = wrapped(handle, master_key_of(settings).open())
    assert key_ids(unwrapped(sealed, master_key_of(settings).open())) == key_ids(handle)


def test_the_embedded_server_has_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    settings = load_settings({"OHMS_DATA_DIR": str(tmp_path / "data")})
    there_and_back(settings)
    path = tmp_path / "data" / "master.key"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(OhmsError, match="can be read by others"):
        master_key_of(settings).open()


def test_of_processes_that_start_together_one_makes_the_file(tmp_path: Path) -> None:
    settings = load_settings({"OHMS_DATA_DIR": str(tmp_path)})
    opened: list[object] = []
    threads = [threading.Thread(target=lambda: opened.append(master_key_of(settings).open())) for _ in range(2)]
    handle = new_keyset(VALUES)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 2
    assert key_ids(unwrapped(wrapped(handle, opened[0]), opened[1])) == key_ids(handle)
    assert [path.name for path in tmp_path.iterdir()] == ["master.key"]


def test_a_file_that_was_named_must_be_there_and_be_a_key(tmp_path: Path) -> None:
    path = tmp_path / "ohms.key"
    settings = load_settings({"OHMS_MASTER_KEY": f"file:{path}"})
    with pytest.raises(OhmsError, match=r"No such file or directory.*make-master-key"):
        master_key_of(settings).open()
    make_key_file(path)
    there_and_back(settings)
    with pytest.raises(FileExistsError):
        make_key_file(path)
    path.write_text("{}")
    with pytest.raises(OhmsError, match="holds no master key"):
        master_key_of(settings).open()


def test_another_master_key_opens_nothing_and_says_so() -> None:
    sealed = wrapped(new_keyset(VALUES), derived_master_key("a" * 32).open())
    with pytest.raises(OhmsError, match="does not open the data keys of this database"):
        unwrapped(sealed, derived_master_key("b" * 32).open())


def test_the_environment_may_hold_it() -> None:
    there_and_back(load_settings({"OHMS_MASTER_KEY": f"hex:{'0a' * 32}"}))
    with pytest.raises(OhmsError, match="needs 64 hexadecimal digits") as raised:
        master_key_of(load_settings({"OHMS_MASTER_KEY": "hex:abcdef"})).open()
    assert "abcdef" not in str(raised.value)


def test_vault_keeps_it(stand_in: str) -> None:
    uri = f"hcvault://{stand_in}/transit/keys/ohms"
    there_and_back(load_settings({"OHMS_MASTER_KEY": uri, "OHMS_VAULT_TOKEN": TOKEN}))
    refused = master_key_of(load_settings({"OHMS_MASTER_KEY": uri, "OHMS_VAULT_TOKEN": "other"})).open()
    with pytest.raises(OhmsError, match="The master key cannot encrypt"):
        wrapped(new_keyset(VALUES), refused)
    with pytest.raises(OhmsError, match="cannot be used"):
        master_key_of(load_settings({"OHMS_MASTER_KEY": f"hcvault://{stand_in}/nonsense"})).open()


def test_aws_keeps_it(stand_in: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", f"http://{stand_in}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    there_and_back(load_settings({"OHMS_MASTER_KEY": f"aws-kms://{ARN}"}))
    other = master_key_of(load_settings({"OHMS_MASTER_KEY": f"aws-kms://{ARN}2"})).open()
    with pytest.raises(OhmsError, match="The master key cannot encrypt"):
        wrapped(new_keyset(VALUES), other)


def test_production_wants_one_and_a_wrong_one_is_told() -> None:
    production = {"OHMS_ENVIRONMENT": "production", "OHMS_SECRET_KEY": "k" * 32, "OHMS_MONGODB_URL": "mongodb://127.0.0.1"}
    with pytest.raises(OhmsError, match="OHMS_MASTER_KEY must be set in production"):
        load_settings(production)
    with pytest.raises(OhmsError, match=r"OHMS_MASTER_KEY \(value not shown\): must start with one of file:"):
        load_settings({"OHMS_MASTER_KEY": "vault:x"})
