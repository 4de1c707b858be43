"""`campaign counts`."""

from __future__ import annotations

import click

from campaign.commands.common import Acts
from campaign.signatures import counting

counts = Acts("counts", help="The displayed counts.")


@counts.command("check")
@click.option("--repair", is_flag=True, help="Put right what differs.")
def check(repair: bool) -> None:
    """Compare every displayed count with the rows."""
    drift = counting.check(repair=repair)
    for found in drift:
        click.echo(
            f"{found.campaign}: {found.state} is counted {found.counted}, the rows say {found.rows}"
        )
    if not drift:
        click.echo("Every count equals its rows.")
    elif repair:
        click.echo(f"Repaired {len(drift)} counts.")
    else:
        raise click.ClickException(f"{len(drift)} counts differ; --repair puts them right")
