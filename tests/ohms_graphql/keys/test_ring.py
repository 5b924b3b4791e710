"""What the key ring gives, and what it refuses."""

import pytest
from pydantic import BaseModel

from models.patient import Mrn, PatientName
from models.secret import SecretFault, key_ring, use_key_ring
from ohms_graphql.keys.keysets import SEARCHABLE, VALUES, key_ids, with_key_added, with_primary
from ohms_graphql.keys.ring import TinkKeyRing, key_id_of, new_key_ring


def with_new_key(ring: TinkKeyRing, name: str, *, promoted: bool) -> TinkKeyRing:
    handle, key_id = with_key_added(ring.keysets[name], name)
    return TinkKeyRing({**ring.keysets, name: with_primary(handle, key_id) if promoted else handle})


def test_a_value_opens_at_its_place_and_nowhere_else() -> None:
    ring = new_key_ring()
    for seal, unseal in ((ring.seal, ring.open), (ring.seal_alike, ring.open_alike)):
        sealed = seal(b"Ann", "patients.name")
        assert unseal(sealed, "patients.name") == b"Ann"
        assert b"Ann" not in sealed
        for moved in ("patients.address", "records.name", ""):
            with pytest.raises(SecretFault, match=f"What is stored in {moved} was not encrypted there"):
                unseal(sealed, moved)


def test_a_changed_byte_is_a_fault_wherever_it_is() -> None:
    ring = new_key_ring()
    for seal, unseal in ((ring.seal, ring.open), (ring.seal_alike, ring.open_alike)):
        sealed = seal(b"Ann", "p.n")
        for place in range(len(sealed)):
            changed = bytearray(sealed)
            changed[place] ^= 1
            with pytest.raises(SecretFault):
                unseal(bytes(changed), "p.n")
        for cut in (b"", sealed[:-1], sealed[:5]):
            with pytest.raises(SecretFault):
                unseal(cut, "p.n")


def test_another_deployments_ring_opens_nothing() -> None:
    sealed = new_key_ring().seal(b"Ann", "p.n")
    with pytest.raises(SecretFault):
        new_key_ring().open(sealed, "p.n")


def test_only_what_is_searched_for_stays_equal() -> None:
    ring = new_key_ring()
    assert ring.seal(b"Ann", "p.n") != ring.seal(b"Ann", "p.n")
    assert ring.seal_alike(b"Ann", "p.n") == ring.seal_alike(b"Ann", "p.n") != ring.seal_alike(b"Ann", "p.m")
    assert ring.token("ann", "p.n") == ring.token("ann", "p.n") != ring.token("ann", "p.m")
    assert 0 <= ring.token("ann", "p.n") < 2**63


def test_what_an_older_key_has_encrypted_stays_readable() -> None:
    old = new_key_ring()
    sealed = old.seal(b"Ann", "p.n")
    added = with_new_key(old, VALUES, promoted=False)
    assert key_id_of(added.seal(b"Ann", "p.n")) == key_id_of(sealed) == old.primary_ids[VALUES]
    new = with_new_key(old, VALUES, promoted=True)
    assert new.open(sealed, "p.n") == b"Ann"
    fresh = new.seal(b"Ann", "p.n")
    assert key_id_of(fresh) == new.primary_ids[VALUES] != key_id_of(sealed)
    assert len(key_ids(new.keysets[VALUES])) == 2
    with pytest.raises(SecretFault):
        old.open(fresh, "p.n")


def test_an_equal_value_is_found_whichever_key_encrypted_it() -> None:
    old = new_key_ring()
    new = with_new_key(old, SEARCHABLE, promoted=True)
    before = key_ring()
    try:
        use_key_ring(new)
        assert Mrn.lookup("M1") == {"$in": [new.seal_alike(b"M1", "patients.mrn"), old.seal_alike(b"M1", "patients.mrn")]}
    finally:
        use_key_ring(before)


def test_a_fault_is_no_complaint_about_input() -> None:
    class Person(BaseModel):
        mrn: Mrn
        name: PatientName

    sealed = PatientName(family="Winter").sealed
    assert Person.model_validate({"mrn": "M1", "name": sealed}).name.family == "Winter"
    with pytest.raises(SecretFault) as raised:
        Person.model_validate({"mrn": sealed, "name": sealed})
    assert "Winter" not in str(raised.value)


def test_what_cannot_be_searched_for_says_so() -> None:
    class Secretive(Mrn):
        place = "tests.secretive"
        searchable = False

    with pytest.raises(TypeError, match="Secretive cannot be searched for"):
        Secretive.lookup("x")
