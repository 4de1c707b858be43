"""Slips in common mail domains, and domains that are none."""

from __future__ import annotations

import pytest

from campaign.mail.suggesting import COMMON, suggestion


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Ada@gmial.com", "Ada@gmail.com"),
        ("ada@gmail.con", "ada@gmail.com"),
        ("ada@gmai.com", "ada@gmail.com"),
        ("ada@hotmial.com", "ada@hotmail.com"),
        ("ada@hotmail.co", "ada@hotmail.com"),
        ("ada@OUTLOK.COM", "ada@outlook.com"),
        ("ada@iclud.com", "ada@icloud.com"),
        ("ada@yahho.com", "ada@yahoo.com"),
        (" ada@protonmai.com", "ada@protonmail.com"),
    ],
)
def test_a_slip_is_recognised(typed: str, meant: str) -> None:
    assert suggestion(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        *(f"ada@{domain}" for domain in COMMON),
        "", "ada", "@gmial.com", "ada@", "ada@example.org", "ada@ox.ac.uk", "ada@wzb.de",
        "ada@harrowbay.example", f"ada@{'x' * 5000}",
    ],
)  # fmt: skip
def test_nobody_is_sent_to_a_domain_they_did_not_mean(typed: str) -> None:
    assert suggestion(typed) is None
