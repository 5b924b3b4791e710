"""Settings: what is wrong is named, all of it at once, and secrets are never shown."""

import pytest

from ohms_graphql.settings import DEVELOPMENT_SECRET_KEY, Settings, SettingsError, load_settings

KEY = "a key of our own, 32 bytes or more"


def problems(environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        load_settings(environ)
    first, *lines = str(raised.value).splitlines()
    assert first == "these settings are wrong:"
    return [line.strip() for line in lines]


def test_without_variables_everything_has_a_default() -> None:
    settings = load_settings({"PATH": "/bin"})
    assert settings == Settings()
    assert (settings.mongodb_url, settings.database, settings.port) == (None, "ohms", 8000)
    assert settings.public_url == "http://127.0.0.1:8000"


def test_variables_and_then_the_command_line_replace_the_defaults() -> None:
    settings = load_settings({"OHMS_PORT": "9000", "OHMS_HOST": "::1", "OHMS_LOG_LEVEL": "debug"}, port=9001, host=None)
    assert (settings.port, settings.host, settings.log_level) == (9001, "::1", "DEBUG")
    assert settings.public_url == "http://[::1]:9001"


def test_the_public_address_of_a_server_on_all_interfaces_can_be_opened() -> None:
    assert load_settings({"OHMS_HOST": "0.0.0.0"}).public_url == "http://127.0.0.1:8000"
    assert load_settings({"OHMS_PUBLIC_URL": "https://clinic.example/"}).public_url == "https://clinic.example"


def test_an_empty_variable_counts_as_absent() -> None:
    assert load_settings({"OHMS_PORT": "", "OHMS_MONGODB_URL": ""}) == Settings()


def test_origins_are_separated_by_commas() -> None:
    settings = load_settings({"OHMS_ALLOWED_ORIGINS": "https://a.example/, http://localhost:3000"})
    assert settings.allowed_origins == ("https://a.example", "http://localhost:3000")


def test_all_wrong_variables_are_named_at_once_with_their_values_and_limits() -> None:
    lines = problems(
        {
            "OHMS_PORT": "70000",
            "OHMS_ENVIRONMENT": "staging",
            "OHMS_TIME_ZONE": "Mars/Olympus",
            "OHMS_MAX_PAGE_SIZE": "many",
            "OHMS_ALLOWED_ORIGINS": "*",
            "OHMS_PUBLIC_URL": "clinic.example",
            "OHMS_PROT": "1",
        }
    )
    assert lines == [
        "OHMS_ENVIRONMENT=staging: must be 'development' or 'production'",
        "OHMS_PORT=70000: must be less than or equal to 65535",
        "OHMS_PUBLIC_URL=clinic.example: must be an address like https://clinic.example, without query or fragment",
        "OHMS_ALLOWED_ORIGINS=*: must be origins like https://clinic.example; '*' is none",
        "OHMS_TIME_ZONE=Mars/Olympus: must be an IANA time zone like Europe/Berlin",
        "OHMS_MAX_PAGE_SIZE=many: must be a valid integer, unable to parse string as an integer",
        "OHMS_PROT is not a setting of OHMS; did you mean OHMS_PORT?",
    ]


@pytest.mark.parametrize("zone", ["localtime", "../etc/passwd", "/etc/localtime", "America", "europe/nowhere"])
def test_a_zone_that_is_none_or_depends_on_the_machine_is_refused(zone: str) -> None:
    assert problems({"OHMS_TIME_ZONE": zone})[0].startswith(f"OHMS_TIME_ZONE={zone}: must be an IANA time zone")


def test_an_unknown_variable_alone_is_an_error() -> None:
    assert problems({"OHMS_XYZZY_QUUX": "1"}) == ["OHMS_XYZZY_QUUX is not a setting of OHMS"]


def test_production_refuses_the_development_key() -> None:
    expected = ["OHMS_SECRET_KEY (value not shown): must be set to a key of your own in production, not the development key"]
    assert problems({"OHMS_ENVIRONMENT": "production"}) == expected
    assert problems({"OHMS_ENVIRONMENT": "production", "OHMS_SECRET_KEY": DEVELOPMENT_SECRET_KEY}) == expected
    assert load_settings({"OHMS_ENVIRONMENT": "production", "OHMS_SECRET_KEY": KEY}).in_production


def test_a_key_of_32_bytes_is_long_enough_and_one_of_31_is_not() -> None:
    assert problems({"OHMS_SECRET_KEY": "x" * 31}) == [
        "OHMS_SECRET_KEY (value not shown): must have at least 32 bytes; it has 31"
    ]
    assert load_settings({"OHMS_SECRET_KEY": "é" * 16}).secret_key.get_secret_value() == "é" * 16


def test_secrets_appear_in_no_error_and_no_printed_settings() -> None:
    shown = "\n".join(problems({"OHMS_SECRET_KEY": "hunter2", "OHMS_MONGODB_URL": "postgres://user:hunter2@host"}))
    settings = load_settings({"OHMS_SECRET_KEY": KEY, "OHMS_MONGODB_URL": "mongodb://user:hunter2@host"})
    shown += repr(settings) + str(settings)
    assert "hunter2" not in shown
    assert KEY not in shown


def test_nothing_is_read_from_the_environment_behind_our_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OHMS_PORT", "9999")
    assert Settings().port == 8000
    assert load_settings({}).port == 8000


def test_every_setting_is_explained() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


LIVEKIT = {
    "OHMS_LIVEKIT_URL": "wss://video.example",
    "OHMS_LIVEKIT_API_KEY": "key",
    "OHMS_LIVEKIT_API_SECRET": "hunter2 hunter2 hunter2 hunter2 hunter2",
}


def test_livekit_is_set_up_whole_or_not_at_all() -> None:
    settings = load_settings(LIVEKIT)
    assert settings.livekit_url == "wss://video.example"
    assert "hunter2" not in repr(settings)
    for missing in LIVEKIT:
        [line] = problems({name: value for name, value in LIVEKIT.items() if name != missing})
        assert line.startswith("OHMS_LIVEKIT_API_SECRET (value not shown): OHMS_LIVEKIT_URL, OHMS_LIVEKIT_API_KEY and")
        assert "hunter2" not in line
    [line] = problems(LIVEKIT | {"OHMS_LIVEKIT_API_SECRET": "hunter2"})
    assert line == "OHMS_LIVEKIT_API_SECRET (value not shown): must have at least 32 bytes; it has 7"


def test_livekit_is_reached_by_tls_outside_of_development() -> None:
    plain = LIVEKIT | {"OHMS_LIVEKIT_URL": "ws://127.0.0.1:7880"}
    assert load_settings(plain).livekit_url == "ws://127.0.0.1:7880"
    for url, more in (
        ("ws://video.example", {"OHMS_ENVIRONMENT": "production", "OHMS_SECRET_KEY": KEY}),
        ("https://x.example", {}),
    ):
        [line] = problems(LIVEKIT | {"OHMS_LIVEKIT_URL": url} | more)
        assert line.startswith(f"OHMS_LIVEKIT_URL={url}: must be an address like wss://")
