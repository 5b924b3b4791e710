"""beginSecondFactor."""

from typing import Annotated

import strawberry

from resolvers.second_factor import begin_second_factor
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.rights import EVERYBODY


@strawberry.input(description="What proves that the caller owns the account.")
class BeginSecondFactorInput:
    password: str = strawberry.field(description="The account's password.")


@strawberry.type(description="What an authenticator app needs (RFC 6238), shown this once.")
class BeginSecondFactorPayload:
    secret: str | None = strawberry.field(default=None, description="The secret in base 32, to type in.")
    uri: str | None = strawberry.field(default=None, description="The same as an `otpauth:` address.")
    qr_code_svg: str | None = strawberry.field(default=None, description="The address as a QR code: an SVG image.")
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class BeginSecondFactor:
    @strawberry.mutation(
        description="Makes a secret for an authenticator app. It is asked for once confirmSecondFactor has seen a code.",
        directives=[auth(*EVERYBODY)],
    )
    async def begin_second_factor(
        self, info: Info, input: Annotated[BeginSecondFactorInput, strawberry.argument(description="The input.")]
    ) -> BeginSecondFactorPayload:
        try:
            begun = await begin_second_factor(info.context, input.password)
        except Rejected as rejection:
            return BeginSecondFactorPayload(errors=shown_errors(rejection))
        return BeginSecondFactorPayload(secret=begun.secret, uri=begun.uri, qr_code_svg=begun.qr_code_svg, errors=[])
