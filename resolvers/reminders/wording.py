"""What a reminder says: that there is an appointment, when, and where to look. Mail is read by others, on the way and at home."""

from models.reminder import Reminder
from resolvers.ports import Mail
from resolvers.reminders.finding import DueReminder
from resolvers.reminders.recipients import Recipient
from resolvers.scheduling.wall_clock import wall_of

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def worded(reminder: Reminder, due: DueReminder, recipient: Recipient, portal: str) -> Mail:
    """The same reminder to the same address is the same mail: sent again after a crash, a mailbox shows it once."""
    who = "You have" if recipient.is_patient else "Somebody you act for has"
    text = (
        f"{who} an appointment on {_in_words(due)}.\n\n"
        f"To see, move or cancel it, sign in at {portal}\n\n"
        "There you also choose when you are reminded. Please do not answer this mail."
    )
    return Mail(to=recipient.email, subject="Appointment reminder", text=text, key=reminder.id)


def _in_words(due: DueReminder) -> str:
    """Not by strftime, whose words are those of the server's locale."""
    wall = wall_of(due.start, due.zone)
    day = f"{_DAYS[wall.weekday()]}, {wall.day} {_MONTHS[wall.month - 1]} {wall.year}"
    return f"{day} at {wall:%H:%M} ({due.zone.key.replace('_', ' ')} time)"
