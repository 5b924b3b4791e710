"""Who asks: the token's signature by hand, then the account as the database has it now."""

import base64
import time
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from pymongo.asynchronous.database import AsyncDatabase


class Refused(Exception):
    """No valid token, or not a provider's."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What OHMS signs its tokens with and for: public keys by ``kid``, and the issuer."""

    public: dict[str, RSAPublicKey]
    issuer: str

    def account_id(self, token: str) -> str:
        """Raises Refused for a token that is not OHMS's, was altered or has expired."""
        try:
            signed, _, signature = token.rpartition(".")
            head, _, claims = signed.partition(".")
            header, claimed = orjson.loads(_decoded(head)), orjson.loads(_decoded(claims))
            given = _decoded(signature)
        except ValueError as error:
            raise Refused from error
        key = self.public.get(header["kid"])
        ours = header["alg"] == "RS256" and header["typ"] == "at+jwt" and claimed["iss"] == claimed["aud"] == self.issuer
        if key is None or not ours or claimed["exp"] <= time.time():
            raise Refused
        try:
            key.verify(given, signed.encode(), PKCS1v15(), SHA256())
        except InvalidSignature as error:
            raise Refused from error
        return str(claimed["sub"])


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


async def calling_provider(database: AsyncDatabase[dict[str, Any]], keys: Keys, headers: list[tuple[bytes, bytes]]) -> str:
    """The provider's id. Raises Refused."""
    authorization = next((value for name, value in headers if name == b"authorization"), b"")
    if not authorization.startswith(b"Bearer "):
        raise Refused
    wanted = {"_id": keys.account_id(authorization[7:].decode("latin-1"))}
    account = await database.accounts.find_one(wanted, {"status": 1, "roles": 1, "provider_id": 1})
    if account is None or account["status"] != "ACTIVE" or "PROVIDER" not in account["roles"]:
        raise Refused
    return str(account["provider_id"])
