"""README.txt says of the signatures what is so, however few they are."""

from __future__ import annotations

import pytest
from flask import Flask

from campaign.delivery.readme import readme
from campaign.languages import speaking
from tests.delivery.printing import contents


def said(count: int, **changes: object) -> str:
    return " ".join(readme(contents(count, **changes), {}).split())


def test_of_many_it_speaks_as_of_many() -> None:
    text = said(3)
    assert "3 people have put their names to the text below. Each of them confirmed it" in text
    assert "All agreed that their name" in text
    assert "email address, or signed on paper." in said(3, paper=((1, 1),))


@pytest.mark.parametrize(
    ("paper", "how"),
    [
        ((), "It was confirmed from this person's own email address."),
        (((1, 1),), "It was signed on paper."),
    ],
)
def test_of_one_it_speaks_as_of_one(paper: tuple[tuple[int, int], ...], how: str) -> None:
    text = said(1, paper=paper)
    assert f"One person has put their name to the text below. {how} This person agreed" in text
    for words in ("Each of them", "All agreed"):
        assert words not in text


def test_so_it_does_in_other_languages(app: Flask) -> None:
    with speaking("es"):
        assert "Lo confirmó desde su propia dirección de correo. Aceptó que" in said(1)
