"""An article in other languages: which there are, write, preview."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from campaign.articles.previewing import unsaved_translation
from campaign.articles.translating import save_translation
from campaign.articles.translations import KEYS, opened_translation, translation_states
from campaign.languages import speaking
from campaign.public.articles import render_article
from campaign.staff import translating, writing
from campaign.staff.doors import ORGANISER, door

pages = Blueprint("article_translations", __name__)

KIND = translating.Kind("articles", KEYS, translation_states, opened_translation, save_translation)
_PATH = "/articles/<slug:slug>/translations"


@pages.get(_PATH)
@door(ORGANISER)
def overview(slug: str) -> str:
    return translating.overview(KIND, slug)


@pages.get(f"{_PATH}/<language>")
@door(ORGANISER)
def edit(slug: str, language: str) -> Response:
    return translating.edit(KIND, slug, language)


@pages.post(f"{_PATH}/<language>")
@door(ORGANISER)
def save(slug: str, language: str) -> Response:
    return translating.save(KIND, slug, language)


@pages.post(f"{_PATH}/<language>/preview")
@door(ORGANISER)
def preview(slug: str, language: str) -> Response:
    article = unsaved_translation(KIND.sent(slug), slug, language)
    with speaking(language):
        return writing.preview(render_article(article, article.campaign))


def again(slug: str, language: str) -> Response:
    """The form with what was sent; nothing is saved."""
    return translating.again(KIND, slug, language)
