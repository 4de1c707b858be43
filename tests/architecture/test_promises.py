"""Promises about the whole code base, each kept by a test."""

from __future__ import annotations

import ast
import hashlib
import importlib
import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

import campaign.health
import campaign.signatures.consents as consents
from campaign import jobs
from campaign.extensions import Model, db
from campaign.mail.composing import KINDS
from campaign.resources import folder
from campaign.settings import REQUIRED_IN_PRODUCTION

ROOT = Path(campaign.health.__file__).parent.parent
FEATURES = ("articles", "campaigns", "content", "delivery", "mail", "signatures")

# Every route, who may enter, and by which methods. A route that is not listed here fails the
# test below, so that nobody adds one without deciding.
PUBLIC_ROUTES = {
    "/": "GET",
    "/articles": "GET",
    "/articles/<slug:slug>": "GET",
    "/campaigns": "GET",
    "/campaigns/<slug:slug>": "GET",
    "/campaigns/<slug:slug>/check-email": "GET",
    "/campaigns/<slug:slug>/resend": "POST",
    "/campaigns/<slug:slug>/signed": "GET",
    "/campaigns/<slug:slug>/prefilled": "POST",
    "/campaigns/<slug:slug>/count.json": "GET",
    "/campaigns/<slug:slug>/sign": "POST",
    "/campaigns/<slug:slug>/share.png": "GET",
    "/campaigns/<slug:slug>/embed": "GET",
    "/campaigns/<slug:slug>/embed/sign": "POST",
    "/campaigns/<slug:slug>/embed/check-email": "GET",
    "/campaigns/<slug:slug>/deliveries": "GET",
    "/campaigns/<slug:slug>/deliveries/<int:number>.json": "GET",
    "/confirm/<token:token>": "GET POST",
    "/mine/<token:token>": "GET",
    "/mine/<token:token>/data": "GET",
    "/mine/<token:token>/data.json": "GET",
    "/mine/<token:token>/receipts/<int:number>.json": "GET",
    "/mine/<token:token>/updates": "POST",
    "/mine/<token:token>/public": "POST",
    "/mine/<token:token>/correct": "POST",
    "/mine/<token:token>/withdraw": "POST",
    "/mine/<token:token>/erase": "GET POST",
    "/office": "GET POST",
    "/office/asked": "GET",
    "/office/<token:token>": "GET",
    "/office/<token:token>/<slug:slug>/<int:number>": "GET",
    "/office/<token:token>/<slug:slug>/<int:number>/package": "POST",
    "/office/<token:token>/<slug:slug>/<int:number>/acknowledge": "POST",
    "/office/<token:token>/<slug:slug>/<int:number>/answer": "GET POST",
    "/unsubscribe/<token:token>": "GET POST",
    "/privacy": "GET",
    "/healthz": "GET",
    "/readyz": "GET",
    "/static/<path:name>": "GET",
    "/pictures/<picture:name>.webp": "GET",
    "/pictures/<picture:name>-small.webp": "GET",
    "/pictures/<picture:name>.avif": "GET",
    "/pictures/<picture:name>-small.avif": "GET",
    "/favicon.ico": "GET",
    "/embed": "GET",
    "/embed.js": "GET",
    "/embed.css": "GET",
    "/oembed": "GET",
    "/.well-known/groundswell-keys.json": "GET",
    "/verify.html": "GET",
    "/feed.atom": "GET",
    "/sitemap.xml": "GET",
    "/robots.txt": "GET",
}
DEVELOPMENT_ROUTES = {
    "/dev/mailbox": "GET",
    "/dev/mailbox/<token:name>": "GET",
    "/dev/mailbox/<token:name>/html": "GET",
}


def test_every_route_declares_who_may_enter(session_app: Flask) -> None:
    found: dict[str, set[str]] = {}
    for rule in session_app.url_map.iter_rules():
        methods = set(rule.methods or ()) - {"HEAD", "OPTIONS"}
        found.setdefault(rule.rule, set()).update(methods)
    declared = {**PUBLIC_ROUTES, **DEVELOPMENT_ROUTES}
    assert found == {rule: set(methods.split()) for rule, methods in declared.items()}


def test_nothing_of_development_exists_in_production(session_app: Flask, tmp_path: Path) -> None:
    from tests.support.app import make_app

    settings = session_app.extensions["groundswell"]
    app = make_app(settings.database_url, settings.redis_url, tmp_path, environment="production")
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    assert rules == set(PUBLIC_ROUTES)


def test_every_job_has_a_task_and_every_task_a_job(worker_tasks: dict[str, str]) -> None:
    assert set(worker_tasks) == set(jobs.QUEUES)


def test_every_scheduled_job_is_known(worker_tasks: dict[str, str]) -> None:
    from worker.schedule import SCHEDULE

    assert {entry["task"] for entry in SCHEDULE.values()} <= set(worker_tasks)


def test_every_queue_has_a_worker() -> None:
    source = (ROOT / "campaign" / "commands" / "processes.py").read_text()
    listened = re.search(r'"--queues", "([a-z,]+)"', source)
    assert listened
    assert set(listened[1].split(",")) == set(jobs.QUEUES.values())


@pytest.fixture
def worker_tasks(session_app: Flask) -> dict[str, str]:
    """The tasks of the worker package by name, without starting anything."""
    names = {}
    for file in (ROOT / "worker").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef):
                for decorator in node.decorator_list:
                    if isinstance(decorator, ast.Call) and _called(decorator) == "shared_task":
                        job = next(k.value for k in decorator.keywords if k.arg == "name")
                        assert isinstance(job, ast.Attribute)
                        names[str(getattr(jobs, job.attr))] = node.name
    return names


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_mail_has_all_its_parts_and_nothing_else(kind: str) -> None:
    parts = {path.name for path in (folder("templates") / "email" / kind).iterdir()}
    assert parts == {"subject.txt", "body.txt", "body.html"}


def test_every_mail_template_belongs_to_a_kind() -> None:
    kinds = {path.name for path in (folder("templates") / "email").iterdir() if path.is_dir()}
    assert kinds == set(KINDS)


def _sources(*packages: str) -> list[Path]:
    return [file for name in packages for file in (ROOT / "campaign" / name).rglob("*.py")]


@pytest.mark.parametrize("file", _sources(*FEATURES), ids=lambda f: f"{f.parent.name}/{f.name}")
def test_features_know_no_request(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "flask":
            assert {alias.name for alias in node.names} <= {"current_app"}


def test_templates_never_query() -> None:
    for file in folder("templates").rglob("*.html"):
        assert not re.search(r"\b(db|session|query)\s*\.", file.read_text()), file


def test_no_page_has_inline_style_or_script() -> None:
    pages = [f for f in folder("templates").rglob("*.html") if "email" not in f.parts]
    assert pages
    for file in pages:
        # A block of data is not executed.
        executed = file.read_text().replace('<script type="application/ld+json">', "")
        found = re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=", executed)
        assert not found, file


def test_migrations_never_import_models() -> None:
    for file in (folder("migrations") / "versions").glob("*.py"):
        assert not re.search(r"^\s*(from|import) campaign", file.read_text(), re.MULTILINE), file


def test_migrations_are_numbered_in_one_line() -> None:
    files = sorted((folder("migrations") / "versions").glob("*.py"))
    for number, file in enumerate(files, start=1):
        source = file.read_text()
        before = f'"{number - 1:04}"' if number > 1 else "None"
        assert file.name.startswith(f"{number:04}_")
        assert f'revision = "{number:04}"' in source
        assert f"down_revision = {before}" in source


def test_the_migrated_database_is_what_the_models_say(app: Flask) -> None:
    for file in ROOT.glob("campaign/*/models*.py"):
        importlib.import_module(f"campaign.{file.parent.name}.{file.stem}")
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, Model.metadata) == []


def test_a_consent_wording_is_never_edited() -> None:
    """Whoever changes these words must add a version: the old one was agreed to."""
    digests = {
        wording.version: hashlib.sha256(
            f"{wording.consent}|{wording.updates}|{wording.public}".encode()
        ).hexdigest()[:16]
        for wording in consents.WORDINGS
    }
    assert digests == {1: "6a69ce5ca81f949e", 2: "51cd47e7274ea0b0"}


def test_the_required_settings_are_documented() -> None:
    documented = (ROOT / "docs" / "operations.md").read_text()
    for name in REQUIRED_IN_PRODUCTION:
        assert f"`{name}`" in documented
