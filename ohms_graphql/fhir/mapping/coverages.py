"""Who insures a patient: Coverage resources, and the coverage that claims and explanations of benefit only mention."""

from dataclasses import dataclass

from pymongo import UpdateOne

from models.coverage import Coverage, CoverageOrder, CoverageStatus, SubscriberRelationship
from models.identity import imported_id
from ohms_graphql.fhir.datatypes import coded, concept, period
from ohms_graphql.fhir.element import Element
from ohms_graphql.fhir.plan import Also, Frame, Plan
from ohms_graphql.fhir.storage import encoded

_STATUS = {
    "active": CoverageStatus.ACTIVE,
    "cancelled": CoverageStatus.CANCELLED,
    "draft": CoverageStatus.DRAFT,
    "entered-in-error": CoverageStatus.ENTERED_IN_ERROR,
}
_RELATIONSHIP = {
    "self": SubscriberRelationship.SELF,
    "spouse": SubscriberRelationship.SPOUSE,
    "common": SubscriberRelationship.SPOUSE,
    "child": SubscriberRelationship.CHILD,
    "parent": SubscriberRelationship.OTHER,
    "other": SubscriberRelationship.OTHER,
    "injured": SubscriberRelationship.OTHER,
}
_ORDER = {1: CoverageOrder.PRIMARY, 2: CoverageOrder.SECONDARY}
_NOBODY = {"noinsurance", "none", "uninsured", "selfpay", "self"}


def map_coverage(resource: Element, frame: Frame) -> Plan:
    payers = [_payer(element, frame) for element in resource.elements("payor")]
    payer = next((name for name in payers if name), None)
    return Plan(
        Coverage(
            **frame.identity,
            **_fields(resource),
            status=resource.required_code("status", _STATUS),
            patient_id=frame.links.required(resource, "beneficiary", "Patient"),
            payer=payer or _plan(resource) or "Unnamed payer",
        )
    )


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A coverage that has no resource of its own: one for each patient, payer and plan."""

    document_id: str
    payer: str
    fields: dict[str, object]

    def made(self) -> Also:
        """Makes the document unless it is there: later mentions add nothing to it."""
        raw = encoded(Coverage.model_validate(self.fields))
        update = UpdateOne({"_id": raw.pop("_id")}, {"$setOnInsert": raw}, upsert=True)
        return Also(Coverage, update, once=self.document_id)


def mentioned_coverage(insurance: Element, holder: Element, patient_id: str, frame: Frame) -> Mentioned | None:
    """The coverage in ``insurance`` of ``holder`` (a claim or an explanation of benefit): contained there, or only named.

    None when nobody pays: ``no_insurance`` is no coverage.
    """
    reference = insurance.element("coverage")
    if reference is None:
        return None
    inside = [element for element in holder.elements("contained") if f"#{element.text('id')}" == reference.text("reference")]
    contained = inside[0] if inside else None
    payers = [name for element in (contained.elements("payor") if contained else []) if (name := element.text("display"))]
    payer = next(iter(payers), None) or reference.text("display")
    if payer is None or nobody(payer):
        return None
    fields = _fields(contained) if contained else {}
    status = contained.code("status", _STATUS) if contained else None
    plan = str(fields.get("plan_name") or "")
    document_id = imported_id(frame.options.source, "Coverage", f"{patient_id}|{payer.casefold()}|{plan.casefold()}")
    fields |= {"id": document_id, "patient_id": patient_id, "payer": payer, "status": status or CoverageStatus.ACTIVE}
    return Mentioned(document_id, payer, fields)


def nobody(payer: str) -> bool:
    """Whether the name of a payer says that there is none."""
    return "".join(letter for letter in payer.casefold() if letter.isalpha()) in _NOBODY


def _payer(element: Element, frame: Frame) -> str | None:
    found = frame.links.concept(element)
    return element.text("display") or (found.text if found else None)


def _plan(resource: Element) -> str | None:
    kind = concept(resource.element("type"))
    return _in_class(resource, "plan", "name") or _in_class(resource, "plan", "value") or (kind.text if kind else None)


def _fields(resource: Element) -> dict[str, object]:
    payers = {element.text("display") for element in resource.elements("payor")}
    plan = _plan(resource)
    relationship = coded(concept(resource.element("relationship")), _RELATIONSHIP)
    order = resource.decimal("order")
    subscriber = resource.element("subscriber")
    return {
        "order": _ORDER.get(int(order), CoverageOrder.TERTIARY) if order else CoverageOrder.PRIMARY,
        # Some sources put the payer's name in place of the plan's.
        "plan_name": plan if plan not in payers else None,
        "member_id": resource.text("subscriberId"),
        "group_number": _in_class(resource, "group", "value"),
        "subscriber": subscriber.text("display") if subscriber else None,
        "relationship": _RELATIONSHIP[relationship] if relationship else SubscriberRelationship.SELF,
        "period": period(resource.element("period")),
    }


def _in_class(resource: Element, kind: str, name: str) -> str | None:
    for element in resource.elements("class"):
        if coded(concept(element.element("type")), {kind: True}):
            return element.text(name)
    return None
