"""Every route of the workspace, every role, every method: who gets in, and who does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.routing import Rule

from campaign.app import workspace
from campaign.staff.doors import ADMIN, ANYONE, ORGANISER, SIGNED_IN, door_of
from tests.architecture.doors import LEAST
from tests.support.staff import Staff

# What a role may enter. A door that is not listed would let nobody in.
MAY_ENTER = {
    "nobody": {ANYONE},
    "organiser": {ANYONE, SIGNED_IN, ORGANISER},
    "admin": {ANYONE, SIGNED_IN, ORGANISER, ADMIN},
}


def routes(app: Flask) -> list[tuple[Rule, str]]:
    """Every rule with every method that it takes."""
    rules = workspace(app).url_map.iter_rules()
    return [(rule, method) for rule in rules for method in sorted(rule.methods or ())]


def least(rule: Rule, method: str) -> str:
    """The least role that the table names; whoever may read may ask for the head alone."""
    return LEAST[rule.rule, "GET" if method == "HEAD" else method]


def address(app: Flask, rule: Rule) -> str:
    """An address of `rule`, of things that do not exist."""
    values = dict.fromkeys(rule.arguments, "1")
    found = rule.build(values, append_unknown=False)
    assert found
    return "/staff" + found[1]


def test_the_doors_are_those_of_the_table_and_no_route_is_without(session_app: Flask) -> None:
    staff = workspace(session_app)
    found = {
        (rule.rule, method): door_of(staff, rule.endpoint)
        for rule, method in routes(session_app)
        if method not in ("HEAD", "OPTIONS")
    }
    assert found == LEAST


@pytest.mark.parametrize("role", ["nobody", "organiser", "admin"])
def test_every_role_gets_in_where_it_may_and_nowhere_else(
    app: Flask, staff: Callable[[str], Staff], role: str
) -> None:
    browser = Staff(app.test_client()) if role == "nobody" else staff(role)
    wrong = []
    for rule, method in routes(app):
        if method == "OPTIONS":
            continue
        door = least(rule, method)
        status, location = _knock(browser, address(app, rule), method)
        if status >= 500:
            wrong.append((method, rule.rule, door, status))
        entered = status not in (401, 403) and not location.startswith("/staff/login?next=")
        if door != ANYONE and entered != (door in MAY_ENTER[role]):
            wrong.append((method, rule.rule, door, status))
        browser = _still_there(app, browser, role)
    assert wrong == []


def _knock(browser: Staff, path: str, method: str) -> tuple[int, str]:
    token = browser.token() if method not in ("GET", "HEAD") else ""
    answer = browser.client.open(path, method=method, data={"csrf_token": token}, buffered=True)
    return answer.status_code, answer.headers.get("Location", "")


def _still_there(app: Flask, browser: Staff, role: str) -> Staff:
    """The same browser, or another one where a route has ended its session."""
    if role == "nobody":
        return Staff(app.test_client())
    if browser.get("/staff/me").status_code == 200:
        return browser
    another = Staff(app.test_client())
    assert another.sign_in(browser.email).status_code == 302
    return another
