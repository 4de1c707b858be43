"""`campaign staff` and `campaign audit`."""

from __future__ import annotations

import sys

import click

from campaign.accounts import audit as acts
from campaign.accounts.adding import add_account
from campaign.accounts.models import ROLES
from campaign.commands.common import Acts

staff = Acts("staff", help="Accounts of the people who work here.")
record = Acts("audit", help="The record of what was done.")


@staff.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--name", default="", help="What colleagues see instead of the address.")
@click.option("--password-stdin", is_flag=True, required=True, help="Read it from standard input.")
def add_staff(email: str, role: str, name: str, password_stdin: bool) -> None:
    """Add a staff account."""
    password = sys.stdin.readline().rstrip("\r\n")
    add_account(email, role, password=password, name=name)
    click.echo(f"Added {email.strip().lower()} as {role}.")


@record.command("check")
def check() -> None:
    """Walk the whole record and say whether an entry was changed, removed or put in."""
    verdict = acts.check()
    if verdict.broken:
        raise click.ClickException(f"the record is not whole: {verdict.broken}")
    click.echo(f"All {verdict.entries:,} entries are there and unchanged.")
    click.echo(f"Head: {verdict.head or '(empty)'}")
