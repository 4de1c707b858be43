"""Whatever is put into the form: refused without a trace, or stored as the rules say."""

from __future__ import annotations

import unicodedata
from itertools import count

from flask.testing import FlaskClient
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.support.making import form, make_campaign, rows, value

SIGN = "/campaigns/night-buses/sign"
_people = count(1)

often = settings(
    max_examples=150,
    deadline=None,
    database=None,
    # Each example signs under an address of its own, so they share one database.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

# What occurs in names and what is used against forms, each as likely as the other.
characters = st.one_of(
    st.characters(categories=["L"]),
    st.characters(categories=["M"]),
    st.characters(exclude_categories=["Cs"]),
    st.sampled_from(" \t\r\n\0\u00a0\u200b\u200d\u202e\u2028\ufeff\ufffd'-.@/"),
)
any_text = st.text(characters, max_size=140)
usual_text = st.text(st.one_of(st.characters(categories=["L"]), st.sampled_from(" '’-\u00a0")))
usual = st.fixed_dictionaries(
    {
        "name": usual_text.map(lambda text: f"Zoe {text}"[:60]),
        # Countries whose postcodes are taken as they come; tests/signatures/test_postcodes.py has
        # the others.
        "country": st.sampled_from(["IS", "CI", "AX"]),
        "postcode": st.from_regex(r"([A-Za-z0-9][A-Za-z0-9 -]{0,14})?", fullmatch=True),
        "comment": usual_text,
        "consent": st.just("y"),
    }
)
hostile = st.fixed_dictionaries(
    {},
    optional={
        "name": any_text,
        "country": st.sampled_from(["gb", "", "GB ", "ZZ", "GBR"]),
        "consent": st.sampled_from(["", "Y", "on"]),
        "postcode": any_text,
        "comment": any_text,
        "updates": st.sampled_from(["", "y", "n"]),
        "public": st.sampled_from(["", "y", "\0"]),
        "text_version": st.sampled_from(["", "1", "2", "0", "one"]),
        "unknown": any_text,
    },
)
forms = st.one_of(usual, st.tuples(usual, hostile).map(lambda two: {**two[0], **two[1]}))


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


@often
@given(fields=forms)
def test_any_form_is_refused_or_stored_by_the_rules(
    client: FlaskClient, fields: dict[str, str]
) -> None:
    if not rows("SELECT id FROM campaign"):
        make_campaign()
    email = f"person-{next(_people)}@example.org"
    response = client.post(SIGN, data={**fields, "email": email})
    event(f"answered {response.status_code}")
    assert response.status_code in (303, 400)
    stored = rows(
        "SELECT name, country, postcode, comment, updates, public FROM signature WHERE email = :e",
        e=email,
    )
    mails = value("SELECT count(*) FROM outgoing_mail WHERE recipient = :e", e=email)
    if response.status_code == 400:
        assert (stored, mails) == ([], 0)
        return
    assert stored == [
        (
            " ".join(composed(fields["name"]).split()),
            fields["country"],
            " ".join(word for word in fields.get("postcode", "").split(" ") if word).upper(),
            composed(fields.get("comment", "").replace("\r\n", "\n")).strip(),
            fields.get("updates") == "y",
            fields.get("public") == "y",
        )
    ]
    assert mails == 1
    assert fields["consent"] == "y"
    assert_is_decent(stored[0][0], longest=120)
    assert_is_decent(stored[0][3].replace("\n", ""), longest=1000)


def assert_is_decent(text: str, *, longest: int) -> None:
    """Nothing that hides, overrides or piles up."""
    assert len(text) <= longest
    kinds = [unicodedata.category(character) for character in text]
    hidden = {"Cc", "Cf", "Co", "Cn", "Zl", "Zp"}
    assert {c for c, kind in zip(text, kinds, strict=True) if kind in hidden} <= {
        "\u200c",
        "\u200d",
    }
    assert not any(set(kinds[at : at + 5]) <= {"Mn", "Me"} for at in range(len(kinds) - 4))


@often
@given(name=st.text(st.characters(categories=["L"]), min_size=1, max_size=40))
def test_letters_of_every_script_make_a_name(client: FlaskClient, name: str) -> None:
    if not rows("SELECT id FROM campaign"):
        make_campaign()
    email = f"person-{next(_people)}@example.org"
    assert client.post(SIGN, data=form(name=name, email=email)).status_code == 303
    assert rows("SELECT name FROM signature WHERE email = :e", e=email) == [(composed(name),)]
