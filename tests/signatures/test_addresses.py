"""Addresses: what is accepted, and which two are one mailbox."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.mail.addresses import clean_address
from campaign.network import network_key
from campaign.signatures.addresses import canonical_address, person_key


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" anna@example.org ", "anna@example.org"),
        ("Anna.B@Example.ORG", "Anna.B@example.org"),
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
        ("anna@faß.example", "anna@xn--fa-hia.example"),
        ("o'brien+x@example.org", "o'brien+x@example.org"),
    ],
)
def test_addresses_as_people_type_them(typed: str, kept: str) -> None:
    assert clean_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "", "anna", "anna@", "@example.org", "anna@example", "a@b@example.org",
        "a@example.org,b@example.org", "a@example.org;b@example.org", "a@example.org b@example.org",
        "anna@example.org\r\nBcc: b@example.org", "anna@example.org\n", "an\x00na@example.org",
        "anna@[127.0.0.1]", '"anna b"@example.org', "Anna <anna@example.org>", "änna@example.org",
        "anna@exam\u202eple.org", "a" * 65 + "@example.org", "a@" + "b." * 130 + "org",
        "anna@-example.org", "anna@example..org", "anna@localhost",
    ],
)  # fmt: skip
def test_what_is_no_single_address_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        clean_address(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("zoe.b@gmail.com", "ZOEB+tag@googlemail.com"),
        ("zoe+a@outlook.com", "zoe@outlook.com"),
        ("Zoe@Example.org", "zoe@example.org"),
    ],
)
def test_one_mailbox(one: str, other: str) -> None:
    assert canonical_address(clean_address(one)) == canonical_address(clean_address(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("zoe.b@example.org", "zoeb@example.org"),
        ("zoe+a@example.org", "zoe@example.org"),
        ("zoe.b@outlook.com", "zoeb@outlook.com"),
    ],
)
def test_two_mailboxes(one: str, other: str) -> None:
    assert canonical_address(clean_address(one)) != canonical_address(clean_address(other))


@given(st.emails())
def test_canonical_is_stable_and_an_address(address: str) -> None:
    try:
        canonical = canonical_address(clean_address(address))
    except ValueError:
        return
    assert canonical_address(canonical) == canonical
    assert canonical.count("@") == 1
    assert not canonical.startswith("@")


def test_a_person_is_a_keyed_hash() -> None:
    assert person_key("a@example.org", "one") == person_key("a@example.org", "one")
    assert person_key("a@example.org", "one") != person_key("a@example.org", "two")


MONDAY = dt.date(2026, 11, 23)


def test_a_network_is_recognised_for_a_day_only() -> None:
    key = network_key("192.0.2.7", MONDAY, "s")
    assert network_key("192.0.2.7", MONDAY, "s") == key
    assert network_key("::ffff:192.0.2.7", MONDAY, "s") == key
    assert network_key("192.0.2.8", MONDAY, "s") != key
    assert network_key("192.0.2.7", MONDAY + dt.timedelta(days=1), "s") != key
    assert network_key("192.0.2.7", MONDAY, "other") != key


def test_ipv6_counts_by_household() -> None:
    key = network_key("2001:db8:1:2::1", MONDAY, "s")
    assert network_key("2001:db8:1:2:ffff::9", MONDAY, "s") == key
    assert network_key("2001:db8:1:3::1", MONDAY, "s") != key
    assert network_key("not an address", MONDAY, "s") != key
