"""The command `ohms`: its commands, and how their failures are told.

Exit codes: 0 done, 1 failed (one line on stderr says why), 2 wrong usage, 130 Ctrl-C, 143 told to end by SIGTERM.
"""

import signal
import sys
from importlib import metadata
from types import FrameType
from typing import Annotated

import typer

from ohms_graphql.commands import (
    audit,
    create_user,
    database,
    demo,
    export_csv,
    export_fhir,
    export_permissions,
    export_schema,
    import_fhir,
    keys,
    ledger,
    load_education,
    oauth_client,
    send_reminders,
    serve,
    signing_keys,
    stripe,
    token,
    verify_coverages,
    webhooks,
)
from ohms_graphql.errors import OhmsError

app = typer.Typer(
    name="ohms",
    help="OHMS, the Online Healthcare Management System: a clinic's GraphQL API.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("demo")(demo.demo)
app.command("import-fhir")(import_fhir.import_fhir)
app.command("load-education")(load_education.load_education)
app.command("export-fhir")(export_fhir.export_fhir)
app.command("export-csv")(export_csv.export_csv)
app.command("export-schema")(export_schema.export_schema)
app.command("export-permissions")(export_permissions.export_permissions)
app.command("create-user")(create_user.create_user)
app.command("token")(token.token)
app.command("send-reminders")(send_reminders.send_reminders)
app.command("verify-coverages")(verify_coverages.verify_coverages)
app.add_typer(database.app, name="database")
app.add_typer(audit.app, name="audit")
app.add_typer(oauth_client.app, name="oauth-client")
app.add_typer(signing_keys.app, name="signing-keys")
app.add_typer(keys.app, name="keys")
app.add_typer(ledger.app, name="ledger")
app.add_typer(stripe.app, name="stripe")
app.add_typer(webhooks.app, name="webhooks")


def main() -> None:
    """What the program `ohms` runs."""
    for name in ("SIGTERM", "SIGHUP"):
        sign = getattr(signal, name, None)
        if sign is not None and signal.getsignal(sign) is not signal.SIG_IGN:  # as under nohup
            signal.signal(sign, _leave_in_order)
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs one command and gives its exit code. Expected failures are told on stderr, in the words they were raised with."""
    try:
        typer.main.get_command(app)(args=arguments, prog_name="ohms")
    except OhmsError as error:
        typer.echo(f"ohms: {error}", err=True)
        return 1
    except Exception as error:  # the last line of defence: a person sees one line, not a traceback
        if "--traceback" in arguments:
            raise
        # Its text may quote a patient's data and stays out.
        typer.echo(f"ohms: unexpected {type(error).__name__}; `ohms --traceback ...` shows where.", err=True)
        return 1
    except KeyboardInterrupt:
        return 130
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(metadata.version("ohms"))
        raise typer.Exit


@app.callback()
def frame(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Print the version and exit.")
    ] = False,
    traceback: Annotated[bool, typer.Option("--traceback", help="Show where an unexpected error was raised.")] = False,
) -> None:
    pass


def _leave_in_order(number: int, _frame: FrameType | None) -> None:
    """Unwinds as Ctrl-C does, so that whoever holds the embedded server gives it back."""
    raise SystemExit(128 + number)
