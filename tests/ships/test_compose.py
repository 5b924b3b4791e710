"""What `docker compose up` would start, read off compose.yaml: there is no engine where the tests run."""

import ipaddress
import re
import subprocess
from typing import Any

import pytest
from ruamel.yaml import YAML

from ohms_graphql.settings import load_settings
from tests.ships.dockerfile import ROOT, program, stages

COMPOSE = ROOT / "compose.yaml"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(COMPOSE)
    return loaded


def test_it_is_valid_by_the_compose_specification() -> None:
    command = [program("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def test_only_the_proxy_is_reached_from_outside(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["proxy"]
    outside = [name for name, network in compose["networks"].items() if not network.get("internal")]
    assert outside == ["outside"]
    assert [name for name, service in compose["services"].items() if "outside" in service.get("networks", [])] == ["proxy"]


def test_the_proxy_does_not_reach_the_database(compose: dict[str, Any]) -> None:
    assert not set(compose["services"]["proxy"]["networks"]) & set(compose["services"]["mongodb"]["networks"])


def test_every_service_runs_read_only_without_rights(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "privileged" not in service, name
    adds = {name: service["cap_add"] for name, service in compose["services"].items() if "cap_add" in service}
    assert adds == {"proxy": ["NET_BIND_SERVICE"]}


def test_every_secret_comes_from_the_environment_and_is_missed_when_absent() -> None:
    text = COMPOSE.read_text()
    used = dict(re.findall(r"\$\{(\w+)(:?[-?])?[^}]*\}", text))
    assert used == {
        "DOMAIN": ":-",
        "MASTER_KEY": ":?",
        "MONGODB_KEY": ":?",
        "MONGODB_PASSWORD": ":?",
        "MONGODB_ROOT_PASSWORD": ":?",
        "OHMS_SECRET_KEY": ":?",
    }
    readme = (ROOT / "README.md").read_text()
    assert [name for name in used if name not in readme] == []


def test_the_api_is_given_settings_that_it_takes_in_production(compose: dict[str, Any]) -> None:
    image = dict(pair.split("=", 1) for pair in stages()[-1].all("ENV")[0].split())
    given = {
        name: re.sub(r"\$\{\w+(:-([^}]*)|:\?[^}]*)\}", _value, value) for name, value in _environment(compose, "api").items()
    }
    settings = load_settings({**image, **given})
    assert settings.in_production
    assert settings.public_url == "https://localhost"
    assert settings.mongodb_url is not None
    assert "replicaSet=rs0" in settings.mongodb_url


def test_the_address_that_a_client_sends_is_believed_from_the_proxys_network_only(compose: dict[str, Any]) -> None:
    trusted = ipaddress.ip_network(_environment(compose, "api")["OHMS_TRUSTED_PROXIES"])
    edge = compose["networks"]["edge"]
    assert [ipaddress.ip_network(entry["subnet"]) for entry in edge["ipam"]["config"]] == [trusted]
    assert [name for name, service in compose["services"].items() if "edge" in service.get("networks", [])] == ["proxy", "api"]
    assert trusted.num_addresses <= 256


def test_mongodb_is_a_replica_set_that_asks_for_passwords(compose: dict[str, Any]) -> None:
    mongodb = compose["services"]["mongodb"]
    command = mongodb["command"]
    assert command[command.index("--replSet") + 1] == "rs0"
    assert command[command.index("--keyFile") + 1] == "/tmp/keyfile"
    assert "/tmp/keyfile" in mongodb["entrypoint"][2]
    setup = (ROOT / "deploy/mongodb-setup.js").read_text()
    assert "_id: 'rs0'" in setup
    assert f"host: '{mongodb['hostname']}:27017'" in setup


def test_the_set_up_ends_before_the_api_starts_and_may_run_again(compose: dict[str, Any]) -> None:
    waits = {name: wait["condition"] for name, wait in compose["services"]["api"]["depends_on"].items()}
    assert waits == {"mongodb": "service_healthy", "mongodb-setup": "service_completed_successfully"}
    assert compose["services"]["mongodb-setup"]["restart"] == "no"
    others = [service["restart"] for name, service in compose["services"].items() if name != "mongodb-setup"]
    assert others == ["unless-stopped"] * 3


def test_what_must_last_is_in_named_volumes_and_what_is_mounted_exists(compose: dict[str, Any]) -> None:
    mounts = [mount for service in compose["services"].values() for mount in service.get("volumes", [])]
    named = {mount.split(":")[0] for mount in mounts if not mount.startswith(".")}
    assert named == set(compose["volumes"])
    for mount in mounts:
        if mount.startswith("."):
            assert mount.endswith(":ro"), mount
            assert (ROOT / mount.split(":")[0]).is_file(), mount


def test_the_proxy_speaks_to_the_port_that_the_image_exposes() -> None:
    (port,) = stages()[-1].all("EXPOSE")
    assert f"reverse_proxy api:{port}" in (ROOT / "deploy/Caddyfile").read_text()


def test_files_are_of_the_format_without_a_version_key(compose: dict[str, Any]) -> None:
    assert "version" not in compose


def _environment(compose: dict[str, Any], service: str) -> dict[str, str]:
    environment: dict[str, str] = compose["services"][service]["environment"]
    return environment


def _value(found: re.Match[str]) -> str:
    return found[2] if found[2] is not None else "0" * 64
