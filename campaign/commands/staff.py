"""`campaign staff` and `campaign audit`."""

from __future__ import annotations

import sys

import click

from campaign.accounts import audit as acts
from campaign.accounts.adding import add_account
from campaign.accounts.changing import forget_factors
from campaign.accounts.listing import account_id_of
from campaign.accounts.models import ROLES
from campaign.commands.common import Acts, at_the_shell

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
    add_account(email, role, password=password, name=name, actor=at_the_shell())
    click.echo(f"Added {email.strip().lower()} as {role}.")


@staff.command("forget-factors")
@click.argument("email")
def forget(email: str) -> None:
    """Take every second factor off an account whose owner has lost them."""
    forget_factors(account_id_of(email), actor=at_the_shell())
    click.echo("Removed. The password alone opens the account now.")


@record.command("check")
def check() -> None:
    """Walk the whole record and say whether an entry was changed, removed or put in."""
    verdict = acts.check()
    if verdict.broken:
        raise click.ClickException(f"the record is not whole: {verdict.broken}")
    click.echo(f"All {verdict.entries:,} entries are there and unchanged.")
    click.echo(f"Head: {verdict.head or '(empty)'}")
