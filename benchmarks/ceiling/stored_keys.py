"""The public halves of OHMS's signing keys."""

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from benchmarks.ceiling.caller import Keys
from benchmarks.stored_ring import tokens_with_stored_keys
from ohms_graphql.settings import Settings


def stored_keys(settings: Settings) -> Keys:
    ring = tokens_with_stored_keys(settings).ring
    public = {kid: key.get_op_key("verify") for kid, key in ring.keys.items()}
    return Keys({kid: key for kid, key in public.items() if isinstance(key, RSAPublicKey)}, settings.public_url)
