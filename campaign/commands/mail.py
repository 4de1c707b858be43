"""`campaign mail`."""

from __future__ import annotations

import click

from campaign.commands.common import Acts
from campaign.mail.status import mail_status

mail = Acts("mail", help="Outgoing mail.")


@mail.command("status")
def status() -> None:
    """Queued, sent, failed, held back, oldest waiting."""
    found = mail_status()
    click.echo(f"queued   {found.queued:>10,}")
    click.echo(f"sending  {found.sending:>10,}")
    click.echo(f"sent     {found.sent:>10,}")
    click.echo(f"failed   {found.failed:>10,}")
    click.echo(f"held     {found.held:>10,}")
    waiting = f"{found.oldest_seconds:,.0f} s" if found.queued + found.sending else "none"
    click.echo(f"oldest waiting  {waiting}")
