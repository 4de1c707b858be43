"""A campaign in other languages: which there are, write, preview."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from campaign.campaigns.previewing import unsaved_translation
from campaign.campaigns.translating import save_translation
from campaign.campaigns.translations import KEYS, opened_translation, translation_states
from campaign.languages import speaking
from campaign.public.campaigns import render_view
from campaign.public.views import campaign_view
from campaign.signatures.tallies import displayed_counts
from campaign.staff import translating, writing
from campaign.staff.doors import ORGANISER, door

pages = Blueprint("campaign_translations", __name__)

KIND = translating.Kind("campaigns", KEYS, translation_states, opened_translation, save_translation)
_PATH = "/campaigns/<slug:slug>/translations"


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
    campaign = unsaved_translation(KIND.sent(slug), slug, language)
    count = displayed_counts().get(campaign.id, 0)
    with speaking(language):
        view = campaign_view(campaign, campaign.texts[-1], count, [], wanted=language)
        return writing.preview(render_view(view, values={}, errors={}))


def again(slug: str, language: str) -> Response:
    """The form with what was sent; nothing is saved."""
    return translating.again(KIND, slug, language)
