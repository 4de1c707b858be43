"""The page of a batch of paper: its rows, undoing it, erasing one person, and who may see what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from campaign.extensions import db
from campaign.signatures import counting
from campaign.signatures.standing import standing
from tests.support.making import make_campaign, rows, value
from tests.support.paper import ALL, SLUG, kept, person, put_paper, sent, table
from tests.support.staff import Staff
from tests.support.writing import error_of

pytestmark = pytest.mark.usefixtures("paper_folder")


@pytest.fixture
def admin(staff: Callable[[str], Staff]) -> Staff:
    return staff("admin")


def test_a_batch_is_undone_once_one_is_sure(admin: Staff, paper_folder: Path) -> None:
    admin.post(sent(admin, table(person("Ada"), person("Bo"), person(""))), {"batch": "Market"})
    with db.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO delivery_number (campaign_id, number, paper_signature_id)"
            " SELECT campaign_id, 1, min(id) FROM paper_signature GROUP BY 1"
        )
    assert "1 of them was delivered already" in admin.get(f"{ALL}/1").text
    answer = admin.post(f"{ALL}/1/undo")
    assert (answer.status_code, standing(SLUG).paper) == (400, 2)
    assert error_of(answer.text, "sure")
    assert admin.post(f"{ALL}/1/undo", {"sure": "y"}).status_code == 303
    assert standing(SLUG).paper == 0
    page = admin.get(f"{ALL}/1").text
    assert "2 signatures are counted no more" in page
    assert "Ada" not in page
    assert list(paper_folder.glob("*")) == []
    assert value("SELECT string_agg(name || postcode || country || comment || email, '')"
                 " FROM paper_signature") == ""  # fmt: skip
    admin.post(f"{ALL}/1/undo", {"sure": "y"})
    assert "was undone before" in admin.get(f"{ALL}/1").text
    admin.post(sent(admin, table(person("Ada"))), {"batch": "Market"})
    assert standing(SLUG).paper == 1


def test_one_person_is_found_and_erased_and_leaves_the_count(
    admin: Staff, paper_folder: Path
) -> None:
    lines = (person("Ada", "a.da@gmail.com"), person("Zoë Nguyễn"), person("Bo"), person(""))
    admin.post(sent(admin, table(*lines)), {"batch": "Market"})
    assert [file.name for file in paper_folder.iterdir()] == ["refused-1.csv"]
    found = admin.post(f"{ALL}/1/find", {"q": "zoË"}).text
    assert ("Zoë Nguyễn" in found, "Ada" in found) == (True, False)
    assert ">Ada<" in admin.post(f"{ALL}/1/find", {"q": "ADA+x@googlemail.com"}).text
    assert "Nobody of that name" in admin.post(f"{ALL}/1/find", {"q": "%"}).text
    assert admin.post(f"{ALL}/1/find", {"q": "\x00 "}).status_code == 200
    path = f"{ALL}/1/2/erase"
    assert "Zoë Nguyễn" in admin.get(path).text
    assert kept()[1] == ("Zoë Nguyễn", "counted")
    assert admin.post(path).status_code == 303
    assert "Zoë" not in admin.get(f"{ALL}/1").text
    assert kept() == [("Ada", "counted"), ("", "erased"), ("Bo", "counted")]
    assert standing(SLUG).paper == 2
    assert "<dt>Erased</dt><dd>1</dd>" in admin.get(f"{ALL}/1").text
    # They may stand among the lines that were refused, too.
    assert list(paper_folder.iterdir()) == []
    assert "Nothing personal is left" in admin.get(path).text
    admin.post(path)
    assert "nothing left to erase" in admin.get(f"{ALL}/1").text
    assert standing(SLUG).paper == 2
    counting.fold()
    assert counting.check() == []


def test_a_long_batch_is_paged_in_the_order_of_its_lines(admin: Staff) -> None:
    put_paper(*(person(f"Person {n:03} x") for n in range(120)))
    first = admin.get(f"{ALL}/1").text
    assert ("Person 049" in first, "Person 050" in first) == (True, False)
    second = admin.get(f"{ALL}/1?after=51").text
    assert ("Person 049" in second, "Person 050" in second) == (False, True)
    assert f"{ALL}/1?after=101" in second
    assert 'rel="next"' not in admin.get(f"{ALL}/1?after=101").text
    assert admin.get(f"{ALL}/1?after={'9' * 40}").status_code == 200


def test_many_batches_are_paged(admin: Staff) -> None:
    for number in range(52):
        put_paper(person(f"Person {number} x"), batch=f"Batch-{number:02}.")
    page = admin.get(ALL).text
    assert ("Batch-51." in page, "Batch-01." in page, 'href="?before=3"' in page) == (
        True,
        False,
        True,
    )
    assert "Batch-01." in admin.get(f"{ALL}?before=3").text


def test_an_organiser_sees_batches_and_counts_and_nobodys_name(
    staff: Callable[[str], Staff],
) -> None:
    put_paper(person("Ada Okafor", "ada@example.org"), person(""))
    organiser = staff("organiser")
    assert "Market" in organiser.get(ALL).text
    page = organiser.get(f"{ALL}/1").text
    assert "Refused" in page
    for hidden in ("Ada", 'example.org"', "Undo", "refused.csv", "Erase", "/find"):
        assert hidden not in page, hidden
    assert "Import a table" not in organiser.get(ALL).text
    for path in (f"{ALL}/1/refused.csv", f"{ALL}/1/1/erase", f"{ALL}/tables/{'0' * 64}"):
        assert organiser.get(path).status_code == 403
    for path in (ALL, f"{ALL}/1/undo", f"{ALL}/1/find", f"{ALL}/1/1/erase"):
        assert organiser.post(path, {"sure": "y", "q": "a"}).status_code == 403
    assert kept() == [("Ada Okafor", "counted")]


def test_a_batch_belongs_to_its_campaign(admin: Staff) -> None:
    put_paper(person())
    make_campaign("other")
    other = "/staff/campaigns/other/paper/1"
    for path in (other, f"{other}/refused.csv", f"{other}/1/erase", f"{ALL}/2", f"{ALL}/1/2/erase"):
        assert admin.get(path).status_code == 404
    for path in (f"{other}/undo", f"{other}/find", f"{other}/1/erase", f"{ALL}/1/2/erase"):
        assert admin.post(path, {"sure": "y"}).status_code == 404
    assert kept() == [("Ada Okafor", "counted")]


def test_everything_is_on_record_and_nobody_is_named(admin: Staff) -> None:
    here = sent(admin, table(person("Ada", "ada@example.org"), person("")))
    admin.get(here)
    admin.get(f"{here}/refused.csv")
    admin.post(here, {"batch": "Market"})
    admin.get(f"{ALL}/1/refused.csv")
    admin.post(f"{ALL}/1/find", {"q": "Ada"})
    admin.get(f"{ALL}/1/1/erase")
    admin.post(f"{ALL}/1/1/erase")
    admin.post(f"{ALL}/1/undo", {"sure": "y"})
    found = rows("SELECT action, subject FROM audit_event WHERE action ~ 'paper' ORDER BY number")
    one = "paper:1"
    assert found == [
        ("paper previewed", f"campaign:{SLUG}"),
        ("refused paper downloaded", f"campaign:{SLUG}"),
        ("paper imported", one),
        ("refused paper downloaded", one),
        ("paper viewed", one),
        ("paper viewed", one),
        ("paper erased", one),
        ("paper undone", one),
    ]
    details = value("SELECT string_agg(details::text, '') FROM audit_event WHERE action ~ 'paper'")
    assert "ada" not in details.lower()
