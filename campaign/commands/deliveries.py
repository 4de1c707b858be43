"""`campaign deliveries`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from campaign.commands.common import Acts, at_the_shell
from campaign.delivery.compiling import compile_delivery
from campaign.delivery.keys import own_fingerprint, read_fingerprint, signing_key
from campaign.delivery.verifying import verify
from campaign.links import settings

deliveries = Acts("deliveries", help="Packages of signatures for officials.")


@deliveries.command("compile")
@click.argument("slug")
@click.option("--official", required=True, metavar="SLUG", help="To whom it goes.")
@click.option(
    "-o",
    "--output",
    "out",
    required=True,
    metavar="FILE.zip",
    type=click.Path(path_type=Path),
    help="The package; in a folder it gets its usual name.",
)
@click.option("--full", is_flag=True, help="Everything, not only what the official lacks.")
@click.option("--by", metavar="NAME", help="Who makes it, as the package will say.")
def compile_(slug: str, official: str, out: Path, full: bool, by: str | None) -> None:
    """Compile a delivery of the campaign SLUG now, in this process."""
    by = by or at_the_shell().name
    done = compile_delivery(slug, official, out, everything=full, made_by=by)
    click.echo(
        f"Delivery {done.number}: {done.count:,} signatures, "
        f"numbers {done.first:,} to {done.last:,}, in {done.path}"
    )


@deliveries.command("fingerprint")
def fingerprint() -> None:
    """Print the fingerprint of the key that seals deliveries, for officials to compare."""
    signing_key(settings().data_dir)
    click.echo(own_fingerprint(settings().data_dir))


def _fingerprint(_: click.Context, __: click.Parameter, text: str | None) -> str | None:
    try:
        return None if text is None else read_fingerprint(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


# Needs no database and no settings, so that it works anywhere.
@deliveries.command("verify", with_appcontext=False)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--key",
    metavar="FINGERPRINT",
    callback=_fingerprint,
    help="Of the key that must have sealed it; otherwise this installation's own.",
)
def verify_(file: Path, key: str | None) -> None:
    """Check a package offline; says what is wrong."""
    key = key or own_fingerprint(Path(os.environ.get("DATA_DIR") or "var"))
    verdict = verify(file, {key} if key else set())
    for problem in verdict.problems:
        click.echo(f"{file.name}: {problem}", err=True)
    if verdict.problems or verdict.sealed is None:
        raise click.ClickException("this package is not to be trusted")
    sealed = verdict.sealed
    click.echo(
        f"{file.name} is exactly what was sealed: delivery {sealed.delivery} of {sealed.title!r}, "
        f"{sealed.count:,} signatures, numbers {sealed.first:,} to {sealed.last:,}."
    )
    click.echo(f"Sealed with the key {sealed.fingerprint}.")
