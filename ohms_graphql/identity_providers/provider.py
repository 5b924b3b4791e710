"""What OHMS is told about an outside identity provider."""

from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from models.role import Role

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class IdentityProvider(BaseModel):
    """One entry of ``OHMS_IDENTITY_PROVIDERS``.

    ``role_claim`` is the path of the claim that names groups (``realm_access.roles``), ``role_map`` says which of our roles each
    of them gives; nobody gets in without one. ``audience``: bearer tokens of the issuer for it are accepted directly.
    ``trust_email``: an address that the provider has verified is the person's, also for linking an account that has verified it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,29}$")
    label: str = Field(min_length=1, max_length=60)
    issuer: str
    client_id: str = Field(min_length=1)
    client_secret: SecretStr | None = None
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    role_claim: str = "roles"
    role_map: dict[str, tuple[Role, ...]]
    audience: str | None = None
    trust_email: bool = False

    @field_validator("issuer")
    @classmethod
    def _is_an_issuer(cls, value: str) -> str:
        parts = urlsplit(value)
        secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        if not secure or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be an https address without query or fragment (http on loopback only)")
        return value.rstrip("/") if parts.path == "/" else value

    @field_validator("scopes")
    @classmethod
    def _ask_for_openid(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in value:
            raise ValueError("must contain openid")
        return value

    @property
    def discovery(self) -> str:
        return f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"

    @property
    def managed_roles(self) -> frozenset[Role]:
        """The roles that this provider gives and takes; others are the administrators' here."""
        return frozenset(role for roles in self.role_map.values() for role in roles)

    def roles_of(self, claims: dict[str, Any]) -> frozenset[Role]:
        """What the claims give."""
        value = self._groups(claims)
        groups = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return frozenset(role for group in groups if isinstance(group, str) for role in self.role_map.get(group, ()))

    def names_groups(self, claims: dict[str, Any]) -> bool:
        """Whether the claims say anything of groups: access tokens of many issuers do not."""
        return self._groups(claims) is not None

    def _groups(self, claims: dict[str, Any]) -> Any:
        value: Any = claims
        for step in self.role_claim.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        return value
