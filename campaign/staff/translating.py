"""What the pages for translations of campaigns and of articles share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template
from werkzeug.wrappers import Response

from campaign.content.drafts import Values
from campaign.content.history import Saved
from campaign.content.translating import OpenedTranslation, State, name_of
from campaign.languages import direction
from campaign.staff import writing
from campaign.staff.doors import actor


@dataclass(frozen=True)
class Kind:
    """Campaigns or articles: where their pages lie, and the acts behind them."""

    area: str
    fields: tuple[str, ...]
    states: Callable[[str], tuple[str, str, list[State]]]
    opened: Callable[[str, str], OpenedTranslation]
    save: Callable[..., Saved]

    def sent(self, slug: str) -> dict[str, Any]:
        """The fields of the form."""
        return {"slug": slug, **writing.sent(*self.fields, "markdown")}


def overview(kind: Kind, slug: str) -> str:
    """The languages of one original, and how it stands with each."""
    title, language, states = kind.states(slug)
    return render_template(
        "staff/translations.html",
        area=kind.area,
        slug=slug,
        title=title,
        written=name_of(language),
        states=states,
    )


def edit(kind: Kind, slug: str, language: str) -> Response:
    """The form with what is saved."""
    found = kind.opened(slug, language)
    saved = found.saved
    return show(kind, slug, language, saved.values, revision=saved.revision, now=saved)


def again(kind: Kind, slug: str, language: str) -> Response:
    """The form with what was sent; nothing is saved."""
    return show(kind, slug, language, kind.sent(slug), revision=writing.opened_at())


def save(kind: Kind, slug: str, language: str) -> Response:
    """Save what was sent, or show the form again with what is wrong with it."""
    values = kind.sent(slug)

    def act() -> Saved:
        at = writing.opened_at()
        return kind.save(values, actor=actor(), slug=slug, language=language, revision=at)

    def shown(values: Values, **context: Any) -> Response:
        return show(kind, slug, language, values, **context)

    saved = writing.attempt(act, shown, values, lambda: kind.opened(slug, language).saved)
    if isinstance(saved, Response):
        return saved
    unchanged = saved.outcome == "unchanged"
    flash("Nothing was changed." if unchanged else "The translation is saved.", "success")
    return redirect(f"/staff/{kind.area}/{slug}/translations/{language}", 303)


def show(
    kind: Kind, slug: str, language: str, values: Values, *, revision: int = 0, **context: Any
) -> Response:
    """The form beside the original. Raises NotFound."""
    found = kind.opened(slug, language)
    state = next(one for one in kind.states(slug)[2] if one.language == language)
    return writing.page(
        "staff/translation_form.html",
        area=kind.area,
        slug=slug,
        code=language,
        name=name_of(language),
        runs=direction(language),
        original=found.original,
        written=found.language,
        written_name=name_of(found.language),
        written_runs=direction(found.language),
        state=state.state,
        values=values,
        revision=revision,
        **context,
    )
