"""Whether a unit is one of UCUM's: its grammar, and the atoms that clinics use (The Unified Code for Units of Measure)."""

import re
from functools import lru_cache

_METRIC_ATOMS = """
m g s l L mol cd A K Pa J W N V Hz Bq Gy Sv C F S Wb Cel eq osm cal bar U IU kat lm lx t [iU] [IU] u eV R Ci erg P St gf
"""
_OTHER_ATOMS = """
% 10* 10^ min h d wk mo a deg ' '' [pi] [degF] [in_i] [ft_i] [yd_i] [mi_i] [lb_av] [oz_av] [gr] [foz_us] [cup_us] [tsp_us]
[tbs_us] [pt_us] [qt_us] [gal_us] [drp] m[Hg] mm[Hg] cm[H2O] m[H2O] [arb'U] [CFU] [pH] [APL'U] [GPL'U] [MPL'U] [beth'U]
[ppm] [ppb] [ppth] B Np [diop] [mesh_i] [Ch] [hp_X] [hp_C] [PFU] [TCID_50] [EID_50] [FFU] [Lf] [p'diop] [HPF] [LPF] [MET]
[BAU] [AU] [PNU] [S] [kp_C] [USP'U] [knk'U] [todd'U] [dye'U] [mclg'U] [bdsk'U] [ka'U] [smgy'U]
"""
_METRIC = frozenset(_METRIC_ATOMS.split())
_PLAIN = frozenset(_OTHER_ATOMS.split())
_PREFIXES = ("da", "Y", "Z", "E", "P", "T", "G", "M", "k", "h", "d", "c", "m", "u", "n", "p", "f", "a", "z", "y")
_LONGEST = 60
_ANNOTATION = re.compile(r"\{[\x21-\x7a|~]*\}")
_EXPONENT = re.compile(r"[+-]?\d{1,2}$")
_FACTOR = re.compile(r"\d{1,9}")


@lru_cache(maxsize=1024)
def is_ucum(unit: str) -> bool:
    """``mg/dL``, ``10*3/uL``, ``mm[Hg]``, ``{score}``, ``1``."""
    if not unit or len(unit) > _LONGEST or not unit.isascii():
        return False
    return _is_term(unit.removeprefix("/"))


def _is_term(term: str) -> bool:
    parts = _split(term)
    return parts is not None and all(_is_component(part) for part in parts)


def _split(term: str) -> list[str] | None:
    """At the dots and slashes outside of brackets and braces; None where these do not match."""
    parts, start, closing = [], 0, ""
    pairs = {"(": ")", "[": "]", "{": "}"}
    for place, character in enumerate(term):
        if closing:
            if character == closing[-1]:
                closing = closing[:-1]
            elif character in pairs and closing[-1] == ")":
                closing += pairs[character]
        elif character in pairs:
            closing += pairs[character]
        elif character in "./":
            parts.append(term[start:place])
            start = place + 1
        elif character in ")]}":
            return None
    return None if closing else [*parts, term[start:]]


def _is_component(part: str) -> bool:
    if part.startswith("(") and part.endswith(")"):
        return _is_term(part[1:-1])
    bare = _ANNOTATION.sub("", part)
    if not bare:
        return bool(part)
    if _FACTOR.fullmatch(bare):
        return True
    return _is_unit(bare) or ((found := _EXPONENT.search(bare)) is not None and _is_unit(bare[: found.start()]))


def _is_unit(unit: str) -> bool:
    if unit in _METRIC or unit in _PLAIN:
        return True
    return any(unit.startswith(prefix) and unit[len(prefix) :] in _METRIC for prefix in _PREFIXES)
