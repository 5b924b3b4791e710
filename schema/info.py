"""The resolver's info, with our context."""

import strawberry

from resolvers.context import RequestContext

Info = strawberry.Info[RequestContext, None]
