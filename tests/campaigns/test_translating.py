"""Translations of campaigns: from files, up to date or stale, and what is signed all the same."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from campaign.accounts.audit import Actor
from campaign.campaigns.facts import campaign_facts
from campaign.campaigns.publishing import import_campaigns
from campaign.campaigns.translating import save_translation
from campaign.campaigns.translations import translation_states
from campaign.errors import ContentError, Stale
from campaign.extensions import db
from tests.content.examples import CAMPAIGN, CAMPAIGN_ES
from tests.support.making import rows, value

Put = Callable[[str, str], Path]
ASK = "Run a bus on every line, every night."


@pytest.fixture
def put(app: Flask, tmp_path: Path) -> Put:
    """Writes a file."""

    def write(name: str, content: str) -> Path:
        path = tmp_path / name
        path.write_text(content)
        return path

    return write


@pytest.fixture
def both(put: Put) -> list[Path]:
    """A campaign, and its translation into Spanish."""
    return [put("campaign.md", CAMPAIGN), put("night-buses.es.md", CAMPAIGN_ES)]


def state(language: str = "es") -> str:
    db.session.expire_all()
    return {one.language: one.state for one in translation_states("night-buses")[2]}[language]


def mistakes(*paths: Path) -> str:
    with pytest.raises(ContentError) as raised:
        import_campaigns(paths)
    return "\n".join(raised.value.mistakes)


def test_a_campaign_and_its_translation_come_in_together(both: list[Path]) -> None:
    found = import_campaigns(both[::-1])
    assert [(one.slug, one.outcome) for one in found] == [
        ("night-buses", "added"),
        ("night-buses.es", "added"),
    ]
    assert rows("SELECT language, title, stale FROM campaign_translation") == [
        ("es", "Autobuses nocturnos", False)
    ]
    assert value("SELECT html FROM pledge_text_translation") == (
        "<p>Pedimos <em>autobuses nocturnos</em>.</p>\n"
    )
    assert [state("es"), state("fr")] == ["current", "none"]
    assert [one.outcome for one in import_campaigns(both)] == ["unchanged", "unchanged"]


def test_a_file_may_say_what_it_translates(put: Put) -> None:
    head = "---\ntranslates: night-buses\nlanguage: es\n"
    file = put("autobuses.md", CAMPAIGN_ES.replace("---\n", head, 1))
    import_campaigns([put("campaign.md", CAMPAIGN)])
    assert import_campaigns([file])[0].slug == "night-buses.es"


def test_what_is_signed_stays_the_original(both: list[Path]) -> None:
    import_campaigns(both)
    assert rows("SELECT version FROM pledge_text") == [(1,)]
    facts = campaign_facts("night-buses")
    assert len(facts.text_ids) == 1
    assert facts.words("es") == (
        "Autobuses nocturnos",
        "Que circule un autobús en cada línea, todas las noches.",
    )
    for other in ("en", "fr", "xx"):
        assert facts.words(other) == ("Night buses", ASK)


def test_a_new_version_of_the_text_makes_its_translation_stale(both: list[Path], put: Put) -> None:
    import_campaigns(both)
    import_campaigns([put("campaign.md", CAMPAIGN.replace("Everywhere", "Nearly everywhere"))])
    assert state() == "stale"
    # The title and the ask say what they said.
    assert campaign_facts("night-buses").words("es")[0] == "Autobuses nocturnos"
    saved = import_campaigns([put("night-buses.es.md", CAMPAIGN_ES.replace("Pedimos", "Pidamos"))])
    assert saved[0].outcome == "updated"
    assert state() == "current"
    assert rows(
        "SELECT version, w.markdown FROM pledge_text_translation w"
        " JOIN pledge_text t ON t.id = pledge_text_id ORDER BY version"
    ) == [
        (1, "Pedimos *autobuses nocturnos*.\n"),
        (2, "Pidamos *autobuses nocturnos*.\n"),
    ]


def test_another_ask_is_not_led_to_by_the_old_words(both: list[Path], put: Put) -> None:
    import_campaigns(both)
    changed = CAMPAIGN.replace("every night", "on Sundays")
    import_campaigns([put("campaign.md", changed)])
    assert state() == "stale"
    assert campaign_facts("night-buses").words("es")[1] == "Run a bus on every line, on Sundays."
    # Looked at again and found right, it counts as up to date.
    assert import_campaigns(both[1:])[0].outcome == "updated"
    assert state() == "current"


def test_a_translation_that_comes_with_its_changed_original_is_up_to_date(
    both: list[Path], put: Put
) -> None:
    import_campaigns(both)
    changed = put("campaign.md", CAMPAIGN.replace("every night", "on Sundays"))
    found = import_campaigns([changed, both[1]])
    assert [one.outcome for one in found] == ["updated", "updated"]
    assert state() == "current"


def test_of_those_who_translate_at_once_one_is_first_and_the_others_are_told(
    app: Flask, both: list[Path]
) -> None:
    import_campaigns(both[:1])

    def save(title: str) -> str:
        values = {"title": title, "ask": "Autobuses.", "markdown": "Pedimos."}
        who = Actor(f"{title}@example.org")
        with app.app_context():
            try:
                save_translation(values, actor=who, slug="night-buses", language="es", revision=0)
            except Stale as stale:
                return stale.who
        return ""

    titles = ["a", "b", "c", "d"]
    with ThreadPoolExecutor(len(titles)) as pool:
        told = list(pool.map(save, titles))
    (first,) = [title for title, who in zip(titles, told, strict=True) if not who]
    assert [who for who in told if who] == [f"{first}@example.org"] * 3
    assert rows("SELECT title FROM campaign_translation") == [(first,)]


def test_a_translation_into_what_became_the_language_of_the_original_is_not_shown(
    both: list[Path], put: Put
) -> None:
    import_campaigns(both)
    import_campaigns([put("campaign.md", CAMPAIGN.replace("goal:", "language: es\ngoal:"))])
    assert campaign_facts("night-buses").words("es")[0] == "Night buses"


def test_what_the_words_do_not_say_leaves_them_as_they_are(both: list[Path], put: Put) -> None:
    import_campaigns(both)
    import_campaigns([put("campaign.md", CAMPAIGN.replace("goal: 5000", "goal: 6000"))])
    assert state() == "current"


def test_an_original_may_be_in_any_language(put: Put) -> None:
    spanish = CAMPAIGN.replace("goal:", "language: es\ngoal:")
    import_campaigns([put("campaign.md", spanish)])
    assert [one.language for one in translation_states("night-buses")[2]] == ["en", "fr", "ar"]
    # Like its state, it stays where a later file does not say it.
    import_campaigns([put("campaign.md", CAMPAIGN)])
    assert value("SELECT language FROM campaign") == "es"


def test_every_save_is_on_record(both: list[Path], put: Put) -> None:
    import_campaigns(both)
    import_campaigns([put("night-buses.es.md", CAMPAIGN_ES.replace("Nueve", "Diez"))])
    found = "SELECT action, details FROM audit_event WHERE subject = 'campaign:night-buses:es'"
    details = {"revision": 1, "changed": "everything", "text version": "1"}
    assert rows(f"{found} ORDER BY number") == [
        ("campaign translation added", details),
        ("campaign translation updated", {**details, "revision": 2, "changed": "summary"}),
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("night-buses.de.md", CAMPAIGN_ES, "the language de in its name must be one of en, es"),
        ("day-buses.es.md", CAMPAIGN_ES, "translates 'day-buses' does not exist; import it first"),
        ("night-buses.en.md", CAMPAIGN_ES, "language is en, which the original is written in"),
        (
            "x.md",
            "---\ntranslates: night-buses\nlanguage: klingon\ntitle: x\nask: y\n---\n\nz\n",
            "x.md:3: language must be one of en, es, fr, ar, not 'klingon'",
        ),
        (
            "x.md",
            "---\ntranslates: night-buses\ntitle: x\nask: y\n---\n\nz\n",
            "language is missing",
        ),
        (
            "night-buses.es.md",
            CAMPAIGN_ES.replace("title:", "language: fr\ntitle:"),
            "language says 'fr', but the name of the file 'es'",
        ),
        ("night-buses.es.md", CAMPAIGN_ES.replace("ask:", "aks:"), "aks is not known here; is it"),
        ("night-buses.es.md", "---\ntitle: x\nask: y\n---\n", "there is no text below"),
        ("night-buses.es.md", "---\ntitle: x\nask: y\n---\n" + "x" * 20_001, "at most 20000"),
        ("night-buses.es.md", "no front matter", "must start with front matter"),
    ],
)
def test_mistakes_are_named(put: Put, name: str, content: str, message: str) -> None:
    import_campaigns([put("campaign.md", CAMPAIGN)])
    assert message in mistakes(put(name, content))
    assert rows("SELECT FROM campaign_translation") == []


def test_one_language_is_translated_into_once(both: list[Path], put: Put) -> None:
    head = "---\ntranslates: night-buses\nlanguage: es\n"
    again = put("again.md", CAMPAIGN_ES.replace("---\n", head, 1))
    assert "'night-buses.es' is used by two of these files" in mistakes(*both, again)
    assert rows("SELECT FROM campaign") == []
