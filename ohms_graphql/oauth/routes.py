"""Where the OAuth server and its pages are."""

from starlette.routing import BaseRoute, Route

from ohms_graphql.oauth.authorize_page import AuthorizePage
from ohms_graphql.oauth.machine_endpoints import MachineEndpoints
from ohms_graphql.oauth.sign_out_page import SignOutPage


def oauth_routes(machines: MachineEndpoints, authorize: AuthorizePage, sign_out: SignOutPage) -> list[BaseRoute]:
    return [
        Route("/.well-known/openid-configuration", machines.metadata, methods=["GET"]),
        Route("/.well-known/oauth-authorization-server", machines.metadata, methods=["GET"]),
        Route("/oauth/jwks", machines.jwks, methods=["GET"]),
        Route("/oauth/token", machines.token, methods=["POST"]),
        Route("/oauth/revoke", machines.revoke, methods=["POST"]),
        Route("/oauth/introspect", machines.introspect, methods=["POST"]),
        Route("/oauth/userinfo", machines.userinfo, methods=["GET", "POST"]),
        Route("/oauth/authorize", authorize.__call__, methods=["GET", "POST"]),
        Route("/oauth/logout", sign_out.__call__, methods=["GET", "POST"]),
    ]
