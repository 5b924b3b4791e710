"""endOtherSessions."""

import strawberry

from resolvers.sessions import end_other_sessions
from resolvers.user_errors import Rejected
from schema.authorization import auth
from schema.errors import UserError, shown_errors
from schema.info import Info
from schema.rights import EVERYBODY


@strawberry.type(description="Whether it was done.")
class EndOtherSessionsPayload:
    errors: list[UserError] = strawberry.field(description="What went wrong; empty on success.")


@strawberry.type
class EndOtherSessions:
    @strawberry.mutation(description="Ends all sessions of the caller but the one that asks.", directives=[auth(*EVERYBODY)])
    async def end_other_sessions(self, info: Info) -> EndOtherSessionsPayload:
        try:
            await end_other_sessions(info.context)
        except Rejected as rejection:
            return EndOtherSessionsPayload(errors=shown_errors(rejection))
        return EndOtherSessionsPayload(errors=[])
