"""Writes of appointments, gathered."""

import strawberry

from schema.appointment.mutations.accept_offer import AcceptOffer
from schema.appointment.mutations.book_appointment import BookAppointment
from schema.appointment.mutations.cancel_appointment import CancelAppointment
from schema.appointment.mutations.decline_offer import DeclineOffer
from schema.appointment.mutations.join_visit import JoinVisit
from schema.appointment.mutations.join_waitlist import JoinWaitlist
from schema.appointment.mutations.leave_visit import LeaveVisit
from schema.appointment.mutations.reinstate_appointment import ReinstateAppointment
from schema.appointment.mutations.reschedule_appointment import RescheduleAppointment
from schema.appointment.mutations.send_signal import SendSignal
from schema.appointment.mutations.set_appointment_status import SetAppointmentStatus


@strawberry.type
class AppointmentMutations(
    BookAppointment,
    RescheduleAppointment,
    CancelAppointment,
    SetAppointmentStatus,
    ReinstateAppointment,
    JoinWaitlist,
    AcceptOffer,
    DeclineOffer,
    JoinVisit,
    LeaveVisit,
    SendSignal,
):
    pass
