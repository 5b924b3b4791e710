"""The twelve providers: who they are, when they are there and what they do."""

from dataclasses import dataclass

from models.values import AdministrativeGender
from ohms_graphql.demo.data.visit_kinds import FOLLOW_UP, NEW_PATIENT, PHONE, PHYSICAL, VACCINATION, VIDEO, VISIT_KINDS, VisitKind

_F, _M = AdministrativeGender.FEMALE, AdministrativeGender.MALE
WORKDAYS, SHORT_WEEK, LATE_WEEK = (0, 1, 2, 3, 4), (0, 1, 3, 4), (2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True)
class Session:
    """Hours on some weekdays (Monday is 0); only ``kinds`` are seen then."""

    days: tuple[int, ...]
    start: str
    end: str
    kinds: tuple[VisitKind, ...]


@dataclass(frozen=True, slots=True)
class Doctor:
    """``specialty`` is the key of SPECIALTIES; None among the illnesses' means that primary care follows them."""

    given: str
    family: str
    gender: AdministrativeGender
    specialty: str
    credentials: tuple[str, ...]
    languages: tuple[str, ...]
    biography: str
    sessions: tuple[Session, ...]
    accepting: bool = True

    @property
    def kinds(self) -> list[VisitKind]:
        """All that is offered in some session."""
        return [kind for kind in VISIT_KINDS if any(kind in session.kinds for session in self.sessions)]


SPECIALTIES: dict[str, tuple[str, str, str, str]] = {
    "internal": ("Internal medicine", "419192003", "207R00000X", "Internal Medicine Physician"),
    "family": ("Family medicine", "419772000", "207Q00000X", "Family Medicine Physician"),
    "nurse": ("Family medicine", "419772000", "363LF0000X", "Family Nurse Practitioner"),
    "pediatrics": ("Pediatrics", "394537008", "208000000X", "Pediatrics Physician"),
    "endocrinology": ("Endocrinology", "394583002", "207RE0101X", "Endocrinology, Diabetes & Metabolism Physician"),
    "cardiology": ("Cardiology", "394579002", "207RC0000X", "Cardiovascular Disease Physician"),
    "dermatology": ("Dermatology", "394582007", "207N00000X", "Dermatology Physician"),
    "psychiatry": ("Psychiatry", "394587001", "2084P0800X", "Psychiatry Physician"),
    "pulmonology": ("Respiratory medicine", "418112009", "207RP1001X", "Pulmonary Disease Physician"),
}
"""Text, SNOMED CT, NUCC code, NUCC display."""
PRIMARY_CARE = ("internal", "family", "nurse", "pediatrics")

_ROOM = (NEW_PATIENT, FOLLOW_UP, PHYSICAL, VACCINATION)
_REMOTE = (VIDEO, PHONE)
_SPECIALIST = (NEW_PATIENT, FOLLOW_UP)


def _usual(days: tuple[int, ...], opens: int, closes: int, kinds: tuple[VisitKind, ...]) -> tuple[Session, ...]:
    """A day of two halves with noon off; the last afternoon of the week is for screens and telephones."""
    afternoon = (days[:-1], kinds), (days[-1:], _REMOTE)
    return (
        Session(days, f"{opens:02d}:00", "12:00", kinds),
        *(Session(which, "13:00", f"{closes:02d}:00", what) for which, what in afternoon),
    )


DOCTORS: tuple[Doctor, ...] = (
    Doctor(
        "Miriam",
        "Halloway",
        _F,
        "internal",
        ("MD", "PhD"),
        ("en", "es"),
        "Looks after adults with several illnesses at once, and likes to explain things with a drawing.",
        _usual(WORKDAYS, 8, 17, _ROOM),
    ),
    Doctor(
        "Samuel",
        "Brightwater",
        _M,
        "family",
        ("MD",),
        ("en", "vi"),
        "Three generations of one family in a morning are his favourite kind of day.",
        _usual(WORKDAYS, 9, 17, _ROOM),
    ),
    Doctor(
        "Inés",
        "Villalobar",
        _F,
        "family",
        ("DO",),
        ("en", "es"),
        "Works on weekends so that nobody has to miss school or a shift.",
        (Session(LATE_WEEK, "10:00", "13:30", _ROOM), Session(LATE_WEEK, "14:00", "18:30", (*_ROOM, *_REMOTE))),
    ),
    Doctor(
        "Theo",
        "Ramsbottom",
        _M,
        "family",
        ("MD",),
        ("en", "fr"),
        "Came to medicine from teaching and still draws up good timetables.",
        _usual(SHORT_WEEK, 8, 16, _ROOM),
    ),
    Doctor(
        "Ayumi",
        "Kanehara",
        _F,
        "pediatrics",
        ("MD", "FAAP"),
        ("en", "ja"),
        "Keeps a box of puppets for examinations that nobody looks forward to.",
        _usual(WORKDAYS, 8, 16, _ROOM),
    ),
    Doctor(
        "Dalia",
        "Farahani",
        _F,
        "internal",
        ("MD",),
        ("en", "ar"),
        "Sees people after work: the evening hours are hers.",
        (Session(WORKDAYS, "11:00", "15:00", _ROOM), Session(WORKDAYS, "15:30", "19:00", (*_ROOM, *_REMOTE))),
    ),
    Doctor(
        "Prakash",
        "Sundarajan",
        _M,
        "endocrinology",
        ("MD",),
        ("en", "hi"),
        "Diabetes and thyroid; half of the work is taking fear away.",
        _usual(SHORT_WEEK, 9, 15, _SPECIALIST),
    ),
    Doctor(
        "Ingrid",
        "Solberg",
        _F,
        "cardiology",
        ("MD", "FACC"),
        ("en", "no"),
        "Hearts and blood vessels; on the bicycle to work in any weather.",
        _usual(SHORT_WEEK, 8, 15, _SPECIALIST),
        accepting=False,
    ),
    Doctor(
        "Marcus",
        "Adebayo-Lund",
        _M,
        "dermatology",
        ("MD",),
        ("en",),
        "Skin, from eczema to moles; has seen yours before, so do not be shy.",
        _usual(SHORT_WEEK, 9, 16, _SPECIALIST),
    ),
    Doctor(
        "Renata",
        "Oliveira-Stern",
        _F,
        "psychiatry",
        ("MD",),
        ("en", "pt", "es"),
        "Listens first. Most visits are by video, from wherever it is quiet.",
        (Session(SHORT_WEEK, "09:00", "12:00", _SPECIALIST), Session(WORKDAYS, "13:00", "16:00", _REMOTE)),
    ),
    Doctor(
        "Keisha",
        "Montclair",
        _F,
        "nurse",
        ("MSN", "FNP-BC"),
        ("en", "fr"),
        "Nurse practitioner: vaccinations, physicals, and time for questions.",
        _usual(WORKDAYS, 8, 16, _ROOM),
    ),
    Doctor(
        "Conor",
        "Blakeney",
        _M,
        "pulmonology",
        ("MD", "FCCP"),
        ("en",),
        "Lungs and breathing; plays the oboe badly and says that it helps.",
        _usual(SHORT_WEEK, 10, 16, _SPECIALIST),
        accepting=False,
    ),
)
"""Number modulo three is the site; a patient's number as well."""
