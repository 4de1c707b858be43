"""`campaign deliveries`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from campaign.commands.common import Acts, at_the_shell
from campaign.delivery.checking import check
from campaign.delivery.compiling import compile_delivery
from campaign.delivery.files import replaced
from campaign.delivery.keyring import known_fingerprints, public_keys
from campaign.delivery.keys import own_fingerprint, read_fingerprint, signing_key
from campaign.delivery.slicing import read_slice
from campaign.delivery.verifier import page
from campaign.delivery.wishing import Wish, read_moment
from campaign.links import SITE_NAME, settings

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
@click.option(
    "--country", "countries", multiple=True, metavar="XX", help="Only of this country; repeatable."
)
@click.option(
    "--postcode",
    "postcodes",
    multiple=True,
    metavar="PREFIX",
    help="Only of postcodes that begin like this; repeatable.",
)
@click.option(
    "--cut-off", metavar="MOMENT", default="", help="Only up to this moment, in ISO 8601, else UTC."
)
@click.option("--by", metavar="NAME", help="Who makes it, as the package will say.")
def compile_(
    slug: str,
    official: str,
    out: Path,
    full: bool,
    countries: tuple[str, ...],
    postcodes: tuple[str, ...],
    cut_off: str,
    by: str | None,
) -> None:
    """Compile a delivery of the campaign SLUG now, in this process."""
    wish = Wish(official, full, read_slice(countries, postcodes), read_moment(cut_off))
    done = compile_delivery(slug, wish, out, made_by=by or at_the_shell().name)
    signatures = "signature" if done.count == 1 else "signatures"
    click.echo(
        f"Delivery {done.number}: {done.count:,} {signatures}, "
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
    help="Of the key that must have sealed it; otherwise any of this installation's own.",
)
def verify_(file: Path, key: str | None) -> None:
    """Check a package or a receipt offline; says what is wrong."""
    data_dir = Path(os.environ.get("DATA_DIR") or "var")
    checked = check(file, {key} if key else known_fingerprints(data_dir))
    for problem in checked.problems:
        click.echo(f"{file.name}: {problem}", err=True)
    if checked.problems:
        verdict = "is not to be trusted" if checked.read else "was not checked"
        raise click.ClickException(f"this {checked.what} {verdict}")
    for line in checked.says:
        click.echo(line)


@deliveries.command("verifier")
@click.option(
    "-o",
    "--output",
    "out",
    required=True,
    metavar="verify.html",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The page to write.",
)
def verifier_(out: Path) -> None:
    """Write the page that checks packages and receipts in a browser, without a network."""
    keys = public_keys(settings().data_dir)
    with replaced(out) as draft:
        draft.write_text(page(SITE_NAME, settings().base_url, keys), encoding="utf-8")
    click.echo(f"{out} trusts {len(keys)} {'key' if len(keys) == 1 else 'keys'}")


@deliveries.command("rotate-key")
def rotate_key_() -> None:
    """Seal with a new key from now on. What was sealed before stays good."""
    # Checking works where locks on files are unknown; so the import waits for its use.
    from campaign.delivery.rotating import rotate_key

    made = rotate_key(actor=at_the_shell())
    click.echo(f"Deliveries are sealed with a new key. Its fingerprint:\n{made.fingerprint}")
