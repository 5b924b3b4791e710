"""The forms themselves, each over one use case."""

from ohms_graphql.account_pages.form import SIGN_IN, AccountForm, Device, Done, Field, Link, Typed
from resolvers.context import RequestContext
from resolvers.email_verification import request_email_verification, verify_email
from resolvers.invitations import accept_invitation
from resolvers.password_reset import request_password_reset, reset_password
from resolvers.password_rules import MIN_PASSWORD_LENGTH
from resolvers.registration import confirm

_CODE = Field("code", "Code", hint="As it stands in the mail; capitals and dashes do not matter.")
_REGISTRATION_CODE = Field("code", "Code", hint="Exactly as it stands in the mail: copy it from there.")
_SECOND_FACTOR = Field(
    "oneTimeCode",
    "Code of your authenticator app",
    autocomplete="one-time-code",
    hint="Or one of your recovery codes. Please type the new password again as well.",
    only_when_asked_for=True,
)


def _new_password(name: str, label: str) -> Field:
    hint = f"At least {MIN_PASSWORD_LENGTH} characters. A few words that nobody would guess are fine."
    return Field(name, label, type="password", autocomplete="new-password", hint=hint)


async def _ask_for_reset(context: RequestContext, typed: Typed, device: Device) -> None:
    await request_password_reset(context, typed["email"], device)


async def _reset(context: RequestContext, typed: Typed, _device: Device) -> None:
    await reset_password(context, typed["code"], typed["newPassword"], typed["oneTimeCode"] or None)


async def _accept(context: RequestContext, typed: Typed, _device: Device) -> None:
    await accept_invitation(context, typed["code"], typed["password"])


async def _confirm(context: RequestContext, typed: Typed, _device: Device) -> None:
    await confirm(context, typed["code"].strip())


async def _ask_for_verification(context: RequestContext, _typed: Typed, _device: Device) -> None:
    await request_email_verification(context)


async def _verify(context: RequestContext, typed: Typed, _device: Device) -> None:
    await verify_email(context, typed["code"])


RESET_PASSWORD = AccountForm(
    path="/account/reset-password",
    title="Forgot your password?",
    lead="Tell us the e-mail address of your account. We mail you a code with which you can set a new password.",
    button="Mail me a code",
    fields=(Field("email", "E-mail address", type="email", autocomplete="username", inputmode="email"),),
    action=_ask_for_reset,
    done="/account/new-password",
    links=(Link("I have a code already", "/account/new-password"), SIGN_IN),
)

NEW_PASSWORD = AccountForm(
    path="/account/new-password",
    title="Set a new password",
    # The same words whether or not there is such an account.
    lead="If the address has an account, a code is on its way to it. It is good for 30 minutes.",
    button="Set the password",
    fields=(_CODE, _new_password("newPassword", "New password"), _SECOND_FACTOR),
    action=_reset,
    done=Done("Your password is set", "The new password is good from now on. You are signed out everywhere."),
    links=(Link("No mail? Ask for another code", "/account/reset-password"),),
)

ACCEPT_INVITATION = AccountForm(
    path="/account/accept-invitation",
    title="Accept your invitation",
    lead="The clinic has mailed you a code. Type it in and choose a password.",
    button="Open my account",
    fields=(_CODE, _new_password("password", "Password")),
    action=_accept,
    done=Done("Your account is open", "You can sign in with your e-mail address and the password that you chose."),
)

CONFIRM_REGISTRATION = AccountForm(
    path="/account/confirm-registration",
    title="Finish your registration",
    lead="We have mailed you a code. It is good for 24 hours.",
    button="Finish",
    fields=(_REGISTRATION_CODE,),
    action=_confirm,
    done=Done("You are registered", "You can sign in with your e-mail address and the password that you chose."),
)

ASK_FOR_VERIFICATION = AccountForm(
    path="/account/request-verification",
    title="Verify your e-mail address",
    lead="We mail a code to the address of your account.",
    button="Mail me a code",
    fields=(),
    action=_ask_for_verification,
    done="/account/verify-email",
    links=(Link("I have a code already", "/account/verify-email"),),
    for_members=True,
)

VERIFY_EMAIL = AccountForm(
    path="/account/verify-email",
    title="Verify your e-mail address",
    lead="Type in the code that we mailed to the address of your account. It is good for 24 hours.",
    button="Verify",
    fields=(_CODE,),
    action=_verify,
    done=Done("Your address is verified", "You need not do anything else.", Link("Your account", "/sign-in")),
    links=(Link("No mail? Ask for another code", "/account/request-verification"),),
    for_members=True,
)

FORMS = (RESET_PASSWORD, NEW_PASSWORD, ACCEPT_INVITATION, CONFIRM_REGISTRATION, ASK_FOR_VERIFICATION, VERIFY_EMAIL)
