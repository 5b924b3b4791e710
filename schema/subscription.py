"""The root of all that is told as it happens, gathered from the nouns."""

import strawberry

from schema.account.subscriptions import AccountSubscriptions
from schema.appointment.subscriptions import AppointmentSubscriptions
from schema.appointment.visit_subscriptions import VisitSubscriptions
from schema.record.subscriptions import RecordSubscriptions


@strawberry.type(description="All that can be followed. A change of the caller's rights binds within a second.")
class Subscription(AccountSubscriptions, AppointmentSubscriptions, VisitSubscriptions, RecordSubscriptions):
    pass
