"""How the form looks on another site: in colours that somebody else chose."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from campaign.public.colours import colour, contrast, readable_on
from tests.support.making import make_campaign

EMBED = "/campaigns/night-buses/embed"


def test_the_sheet_has_the_colour_and_words_that_can_be_read_on_it(client: FlaskClient) -> None:
    sheet = client.get("/embed.css?accent=fe0&theme=light").text
    assert "--action: #ffee00;" in sheet
    assert "--on-action: #000000;" in sheet
    assert "prefers-color-scheme" not in sheet
    # Yellow cannot be seen on a white card: the bar of the count keeps its own colour.
    assert "--bar: #ffee00" not in sheet
    assert "--on-action: #ffffff;" in client.get("/embed.css?accent=%23123456").text
    assert "prefers-color-scheme: dark" in client.get("/embed.css").text


@pytest.mark.parametrize(
    "wrong", ["red", "12345", "0a6a4b}body{display:none", "url(//x)", "#１２３"]
)
def test_a_colour_that_is_none_is_left_out(client: FlaskClient, wrong: str) -> None:
    make_campaign()
    plain = client.get("/embed.css").text
    assert client.get("/embed.css", query_string={"accent": wrong}).text == plain
    wished = {"accent": wrong, "theme": wrong}
    assert client.get(EMBED, query_string=wished).text == client.get(EMBED).text


@pytest.mark.parametrize(
    "accent", ["#777777", "#767676", "#ff0000", "#00ff00", "#808000", "#0a6a4b"]
)
def test_words_on_any_colour_have_enough_contrast(accent: str) -> None:
    assert contrast(accent, readable_on(accent)) >= 4.5


def test_a_colour_is_three_or_six_digits() -> None:
    assert [colour(text) for text in ("#Fe0", "fe0", "#0A6a4b")] == [
        "#ffee00",
        "#ffee00",
        "#0a6a4b",
    ]
    assert [colour(text) for text in ("", "#", "#ab", "#abcd", "#abcdeg", "#abcdef0")] == [""] * 6
