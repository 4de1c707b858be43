"""What the two import commands share: files in, a line for each out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from campaign.content.storing import Imported
from campaign.errors import ContentError

files_argument = click.argument(
    "files", nargs=-1, required=True, metavar="FILE.md...", type=click.Path(path_type=Path)
)


def run_import(act: Callable[[Sequence[Path]], list[Imported]], files: Sequence[Path]) -> None:
    """Run `act` and say what became of each file, or every mistake and exit status 1."""
    try:
        imported = act(files)
    except ContentError as error:
        # Bare lines, as compilers print them: an editor can jump to each.
        click.echo("\n".join(error.mistakes), err=True)
        raise click.exceptions.Exit(1) from None
    for one in imported:
        click.echo(f"{one.outcome} {one.slug}" + (f" ({one.note})" if one.note else ""))
