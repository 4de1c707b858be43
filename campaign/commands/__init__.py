"""The `campaign` command line. Commands hold no rules: they call acts and print what came of it."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup, FlaskGroup
from werkzeug.utils import import_string

from campaign import create_app
from campaign.errors import GroundswellError
from campaign.local.errors import LocalError

# Where each command is. They are imported when they are called: `campaign web`, which only
# starts a server, need not wait for all that the others use.
PLACES = {
    "up": "campaign.commands.processes:up",
    "web": "campaign.commands.processes:web",
    "worker": "campaign.commands.processes:worker",
    "scheduler": "campaign.commands.processes:scheduler",
    "db": "flask_migrate.cli:db",
    "articles": "campaign.commands.articles:articles",
    "campaigns": "campaign.commands.campaigns:campaigns",
    "signatures": "campaign.commands.signatures:signatures",
    "deliveries": "campaign.commands.deliveries:deliveries",
    "counts": "campaign.commands.counts:counts",
    "staff": "campaign.commands.staff:staff",
    "audit": "campaign.commands.staff:record",
    "mail": "campaign.commands.mail:mail",
}


class Commands(AppGroup):
    """The commands, for `flask --app campaign`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(PLACES)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        place = PLACES.get(name)
        found: click.Command | None = import_string(place) if place else None
        return found


class CommandLine(Commands, FlaskGroup):
    """The commands, for `campaign`."""


cli = CommandLine(
    create_app=create_app,
    help="Groundswell: from an article to a sealed delivery of signatures.",
    set_debug_flag=False,
    add_default_commands=False,
    add_version_option=False,
)


def main() -> None:
    """Run the command line. Exit status: 0 done, 1 refused or failed, 2 wrong usage."""
    try:
        cli.main(prog_name="campaign")
    except (GroundswellError, LocalError) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
