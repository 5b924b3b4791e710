"""Writes of accounts, gathered."""

import strawberry

from schema.account.mutations.accept_invitation import AcceptInvitation
from schema.account.mutations.assign_roles import AssignRoles
from schema.account.mutations.begin_second_factor import BeginSecondFactor
from schema.account.mutations.change_password import ChangePassword
from schema.account.mutations.confirm_registration import ConfirmRegistration
from schema.account.mutations.confirm_second_factor import ConfirmSecondFactor
from schema.account.mutations.deactivate_account import DeactivateAccount
from schema.account.mutations.end_other_sessions import EndOtherSessions
from schema.account.mutations.invite_user import InviteUser
from schema.account.mutations.reactivate_account import ReactivateAccount
from schema.account.mutations.remove_second_factor import RemoveSecondFactor
from schema.account.mutations.renew_recovery_codes import RenewRecoveryCodes
from schema.account.mutations.request_email_verification import RequestEmailVerification
from schema.account.mutations.request_password_reset import RequestPasswordReset
from schema.account.mutations.reset_password import ResetPassword
from schema.account.mutations.reset_second_factor import ResetSecondFactor
from schema.account.mutations.sign_in import SignIn
from schema.account.mutations.sign_out import SignOut
from schema.account.mutations.verify_email import VerifyEmail


@strawberry.type
class AccountMutations(
    SignIn,
    ConfirmRegistration,
    AcceptInvitation,
    AssignRoles,
    BeginSecondFactor,
    ChangePassword,
    ConfirmSecondFactor,
    DeactivateAccount,
    EndOtherSessions,
    InviteUser,
    ReactivateAccount,
    RemoveSecondFactor,
    RenewRecoveryCodes,
    RequestEmailVerification,
    RequestPasswordReset,
    ResetPassword,
    ResetSecondFactor,
    SignOut,
    VerifyEmail,
):
    pass
