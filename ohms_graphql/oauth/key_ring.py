"""The keys in memory: one signs, all of them verify, their public halves are published (RFC 7517)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc.jwk import RSAKey

from ohms_graphql.sealer import JweSealer


@dataclass(frozen=True, slots=True)
class KeyRing:
    """``keys`` by kid, the one that signs last."""

    keys: dict[str, RSAKey]

    @property
    def signing(self) -> tuple[str, RSAKey]:
        """The kid and key of new tokens."""
        return next(reversed(self.keys.items()))

    def jwks(self) -> dict[str, Any]:
        """The JWK Set of public halves."""
        keys = [{**key.as_dict(private=False), "kid": kid, "use": "sig", "alg": "RS256"} for kid, key in self.keys.items()]
        return {"keys": keys}


def ring_of(rows: Sequence[dict[str, Any]], sealer: JweSealer, instant: datetime) -> KeyRing:
    """The ring of stored rows of ``signing_keys``, in any order.

    Left out are keys whose last token has expired, and those that were sealed with another OHMS_SECRET_KEY.
    """
    good = [row for row in rows if row["published_until"] is None or row["published_until"] > instant]
    good.sort(key=lambda row: row["number"])
    opened = {row["_id"]: _unsealed(row, sealer) for row in good}
    return KeyRing({kid: RSAKey.import_key(jwk) for kid, jwk in opened.items() if jwk is not None})


def _unsealed(row: dict[str, Any], sealer: JweSealer) -> dict[str, Any] | None:
    try:
        jwk: dict[str, Any] = json.loads(sealer.unseal(row["sealed_jwk"]))
    except ValueError:
        return None
    return jwk
