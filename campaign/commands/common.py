"""What the commands share: refusals become one clear line and exit status 1."""

from __future__ import annotations

import getpass
from typing import Any

import click
from flask.cli import AppGroup
from psycopg.errors import UndefinedColumn, UndefinedTable
from sqlalchemy.exc import OperationalError, ProgrammingError

from campaign.accounts.audit import Actor
from campaign.errors import GroundswellError
from campaign.local.errors import LocalError


def refusing(call: Any, ctx: click.Context) -> Any:
    """Run `call(ctx)`, turning what an act refuses into a message without a traceback."""
    try:
        return call(ctx)
    except (GroundswellError, LocalError) as error:
        raise click.ClickException(str(error)) from None
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0] if error.orig else "no reason given"
        raise click.ClickException(f"the database cannot be used: {reason}") from None
    except ProgrammingError as error:
        if not isinstance(error.orig, UndefinedTable | UndefinedColumn):
            raise
        raise click.ClickException(
            "the database is not up to date: run `campaign db upgrade`"
        ) from None


class Act(click.Command):
    """A command on its own."""

    def invoke(self, ctx: click.Context) -> Any:
        return refusing(super().invoke, ctx)


class Acts(AppGroup):
    """A group of commands, each run inside the application."""

    def invoke(self, ctx: click.Context) -> Any:
        return refusing(super().invoke, ctx)


def at_the_shell() -> Actor:
    """Who runs this command, for the record."""
    return Actor(f"{getpass.getuser()} on the command line")
