"""Everything that can be set from outside, read once at start from variables named ``OHMS_...``."""

from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, TypeAdapter, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from ohms_graphql.errors import OhmsError
from ohms_graphql.identity_providers.provider import IdentityProvider
from ohms_graphql.mail.smtp_url import is_sender, read_smtp_url
from ohms_graphql.money_settings import MoneySettings
from ohms_graphql.serving_settings import ServingSettings
from ohms_graphql.settings_problems import unknown_variable, wrong
from ohms_graphql.web_origin import is_origin

PREFIX = "OHMS_"
DEVELOPMENT_SECRET_KEY = "ohms-development-key-that-everybody-knows"  # noqa: S105 -- public on purpose; production refuses it
DERIVED_MASTER_KEY = "derived:OHMS_SECRET_KEY"
MASTER_KEY_SCHEMES = ("file:", "aws-kms://", "gcp-kms://", "hcvault://", "hex:")
MINIMUM_KEY_BYTES = 32
"""RFC 7518, 3.2: a key for HS256 has at least the size of the hash."""

_SECRETS = frozenset(
    {
        "identity_providers",
        "smtp_url",
        "secret_key",
        "mongodb_url",
        "livekit_api_key",
        "livekit_api_secret",
        "vault_token",
        "master_key",
        "stripe_secret_key",
        "stripe_webhook_secrets",
        "eligibility_key",
    }
)


class SettingsError(OhmsError):
    """One or more variables are wrong; the text has one line for each of them."""


class Settings(MoneySettings, ServingSettings, BaseSettings):
    """What one process of OHMS is told. Built by :func:`load_settings`; ``Settings()`` alone has the defaults."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", validate_default=True)

    mongodb_url: str | None = Field(
        None, repr=False, description="Address of a MongoDB 6+ replica set or sharded cluster. Absent: OHMS runs its own server."
    )
    database: str = Field("ohms", pattern=r"^[A-Za-z0-9_-]{1,60}$", description="Name of the database.")
    data_dir: Path = Field(Path(".ohms"), description="Folder of the embedded server: data, log and locks.")
    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on; `0.0.0.0` for all.")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")
    public_url: str = Field(
        "", description="Address under which clients reach OHMS, and issuer of its tokens. Absent: made of host and port."
    )
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Origins, separated by commas, whose pages may call the API (CORS and websockets) besides OHMS's own."
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        ("127.0.0.1", "::1"),
        description="Addresses and networks, separated by commas, of proxies whose X-Forwarded-For and -Proto are believed.",
    )
    secret_key: SecretStr = Field(
        SecretStr(DEVELOPMENT_SECRET_KEY), description="Signs tokens and cursors: at least 32 bytes. The same for all processes."
    )
    master_key: str | None = Field(
        None,
        repr=False,
        description="Key that wraps the data keys: file:PATH, aws-kms://ARN, gcp-kms://NAME, hcvault://HOST/transit/keys/NAME or "
        "hex: and 64 digits, the key itself. "
        "Absent: a file beside the embedded server's data; made of OHMS_SECRET_KEY in development; refused in production.",
    )
    vault_token: SecretStr | None = Field(None, description="Token for Vault, where the master key is there.")
    smtp_url: SecretStr | None = Field(
        None,
        description="Mail server: smtps://user:password@host:465, or smtp://... for STARTTLS (none on loopback). "
        "Absent: mail is written to the log in development and refused in production.",
    )
    mail_from: str | None = Field(None, description="Sender of mails, like `Clinic <no-reply@clinic.example>`.")
    identity_providers: Annotated[tuple[IdentityProvider, ...], NoDecode] = Field(
        (), repr=False, description="JSON list of outside identity providers; docs/operations.md says what stands in it."
    )
    livekit_url: str | None = Field(
        None, description="LiveKit server of video visits: wss://video.clinic.example. Absent: both sides connect directly."
    )
    livekit_api_key: str | None = Field(None, repr=False, description="Key of the LiveKit server's API.")
    livekit_api_secret: SecretStr | None = Field(None, description="The key's secret: at least 32 bytes. It signs room tokens.")
    access_token_minutes: int = Field(60, ge=1, le=1440, description="How long an access token is good for.")
    age_of_majority: int = Field(18, ge=14, le=25, description="Age at which a parent's right to act for a child ends.")
    time_zone: str = Field("UTC", description="IANA name of the clinic's zone, for whoever has none of their own.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Lowest level that is logged.")
    audit_retention_days: int = Field(
        2192,
        ge=1,
        description="Days after which `ohms audit prune` removes entries; six years in the USA (45 CFR 164.316(b)(2)(i)).",
    )

    max_document_mb: int = Field(
        2048, ge=1, le=2147, description="Largest document that is taken, in millions of bytes; 1074 is a little more than 1 GiB."
    )
    max_query_tokens: int = Field(2000, ge=1, description="Lexical tokens in one document.")
    max_query_depth: int = Field(12, ge=1, description="Levels of fields; introspection has a fixed allowance of its own.")
    max_query_aliases: int = Field(30, ge=0, description="Aliases in one operation.")
    max_root_fields: int = Field(20, ge=1, description="Root fields in one operation.")
    max_query_cost: int = Field(50_000, ge=1, description="Estimated number of objects and fields an operation may ask for.")
    max_page_size: int = Field(200, ge=1, le=1000, description="Largest `first` or `last` of a connection.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is passed in: the environment is read in one place, :func:`load_settings`, and never by accident."""
        return (init_settings,)

    @property
    def in_production(self) -> bool:
        return self.environment == "production"

    @field_validator("log_level", "environment", mode="before")
    @classmethod
    def _any_case(cls, value: object, info: ValidationInfo) -> object:
        if not isinstance(value, str):
            return value
        return value.upper() if info.field_name == "log_level" else value.lower()

    @field_validator("mongodb_url")
    @classmethod
    def _is_a_mongodb_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("mongodb://", "mongodb+srv://")):
            raise ValueError("must start with mongodb:// or mongodb+srv://")
        return value

    @field_validator("public_url")
    @classmethod
    def _is_a_web_address(cls, value: str, info: ValidationInfo) -> str:
        if not value:
            host = str(info.data.get("host", "127.0.0.1"))
            reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- no binding here
            return f"http://{f'[{reachable}]' if ':' in reachable else reachable}:{info.data.get('port', 8000)}"
        if not is_origin(value.rstrip("/"), with_path=True):
            raise ValueError("must be an address like https://clinic.example, without query or fragment")
        return value.rstrip("/")

    @field_validator("allowed_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split_at_commas(cls, value: object) -> object:
        return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("allowed_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [origin for origin in value if not is_origin(origin)]:
            raise ValueError(f"must be origins like https://clinic.example; {wrong[0]!r} is none")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            try:
                ip_network(network)
            except ValueError:
                raise ValueError(f"must be addresses or networks like 10.0.0.0/24; {network!r} is none") from None
        return value

    @field_validator("secret_key")
    @classmethod
    def _is_long_and_secret(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        key = value.get_secret_value()
        if (size := len(key.encode())) < MINIMUM_KEY_BYTES:
            raise ValueError(f"must have at least {MINIMUM_KEY_BYTES} bytes; it has {size}")
        if key == DEVELOPMENT_SECRET_KEY and info.data.get("environment") == "production":
            raise ValueError("must be set to a key of your own in production, not the development key")
        return value

    @field_validator("master_key")
    @classmethod
    def _is_a_master_key(cls, value: str | None, info: ValidationInfo) -> str:
        if value is not None:
            if not value.startswith(MASTER_KEY_SCHEMES):
                raise ValueError(f"must start with one of {', '.join(MASTER_KEY_SCHEMES)}")
            return value
        if info.data.get("mongodb_url") is None:
            return f"embedded:{info.data.get('data_dir')}/master.key"
        if info.data.get("environment") == "production":
            raise ValueError(
                "must be set in production where OHMS_MONGODB_URL is: it wraps the keys that the data are encrypted with"
            )
        return DERIVED_MASTER_KEY

    @field_validator("identity_providers", mode="before")
    @classmethod
    def _read_providers(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return TypeAdapter(tuple[IdentityProvider, ...]).validate_json(value)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(step) for step in first["loc"]) or "the list"
            raise ValueError(f"is wrong at {place}: {first['msg']}") from None

    @field_validator("identity_providers")
    @classmethod
    def _are_told_apart(cls, value: tuple[IdentityProvider, ...]) -> tuple[IdentityProvider, ...]:
        for what in ("name", "issuer"):
            found = [getattr(provider, what) for provider in value]
            if len(found) != len(set(found)):
                raise ValueError(f"must not have two providers with the same {what}")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_a_mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            read_smtp_url(value.get_secret_value())
        return value

    @field_validator("mail_from")
    @classmethod
    def _is_a_sender(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            if info.data.get("smtp_url") is not None:
                raise ValueError("must be set where OHMS_SMTP_URL is")
            return None
        if not is_sender(value):
            raise ValueError("must be an address like no-reply@clinic.example or Clinic <no-reply@clinic.example>")
        return value

    @field_validator("livekit_url")
    @classmethod
    def _is_a_livekit_server(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        allowed = {"wss"} if info.data.get("environment") == "production" else {"ws", "wss"}
        if not is_origin(value.rstrip("/"), with_path=True, schemes=allowed):
            raise ValueError("must be an address like wss://video.clinic.example, without query; ws:// only in development")
        return value.rstrip("/")

    @field_validator("livekit_api_secret")
    @classmethod
    def _are_set_together(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        parts = {"livekit_url": info.data.get("livekit_url"), "livekit_api_key": info.data.get("livekit_api_key")}
        given = [value is not None, *(part is not None for part in parts.values())]
        # A wrong address is named already, and is not in the data.
        if "livekit_url" in info.data and any(given) and not all(given):
            raise ValueError("OHMS_LIVEKIT_URL, OHMS_LIVEKIT_API_KEY and OHMS_LIVEKIT_API_SECRET must be set together")
        if value is not None and (size := len(value.get_secret_value().encode())) < MINIMUM_KEY_BYTES:
            raise ValueError(f"must have at least {MINIMUM_KEY_BYTES} bytes; it has {size}")
        return value

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("must be an IANA time zone like Europe/Berlin") from None
        if value == "localtime":  # a file that systems keep among the zones: its meaning would depend on the machine
            raise ValueError("must be an IANA time zone like Europe/Berlin, not the machine's own")
        return value


def load_settings(environ: Mapping[str, str], **given: Any) -> Settings:
    """The settings in ``environ``; what is ``given`` (from the command line) and not None goes first. Empty counts as absent.

    Raises SettingsError, which names every wrong and every unknown ``OHMS_`` variable at once.
    """
    ours = {name: value for name, value in environ.items() if name.startswith(PREFIX) and value != ""}
    fields = {f"{PREFIX}{name}".upper(): name for name in Settings.model_fields}
    unknown = [unknown_variable(name, fields) for name in sorted(ours) if name not in fields]
    source = EnvSettingsSource(Settings)
    source.env_vars = {name.lower(): value for name, value in ours.items() if name in fields}
    values = source() | {name: value for name, value in given.items() if value is not None}
    try:
        settings = Settings(**values)
    except ValidationError as error:
        problems = [wrong(details, PREFIX, _SECRETS) for details in error.errors(include_url=False)] + unknown
        raise SettingsError("\n  ".join(["these settings are wrong:", *problems])) from None
    if unknown:
        raise SettingsError("\n  ".join(["these settings are wrong:", *unknown]))
    return settings
