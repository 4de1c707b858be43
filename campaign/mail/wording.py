"""The words of a mail: its templates, in the language that is spoken now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from campaign.languages import Catalogues, local_date, local_number
from campaign.resources import folder


def render(kind: str, part: str, values: Mapping[str, str]) -> str:
    """The `part` (such as `body.txt`) of a mail of that kind. Raises jinja2.UndefinedError."""
    return _templates().get_template(f"email/{kind}/{part}").render(values)


@lru_cache(maxsize=1)
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder("templates")),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    catalogues = Catalogues()
    # Jinja fills in the values itself.
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda *words: catalogues.get_translations().ugettext(*words),
        lambda *words: catalogues.get_translations().ungettext(*words),
        newstyle=True,
    )
    # What is the same for readers of every language comes as digits, and is written out here.
    environment.filters.update(number=_number, day=_day, bdi=Markup("<bdi>{}</bdi>").format)
    css = folder("static") / "css" / "email.css"
    environment.globals["email_css"] = css.read_text() if css.exists() else ""
    return environment


def _number(digits: str) -> str:
    return local_number(int(digits))


def _day(iso: str) -> str:
    return local_date(dt.date.fromisoformat(iso))
