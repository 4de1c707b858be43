"""`campaign up`, and its parts for production: web, worker, scheduler."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

from campaign import create_app
from campaign.commands.common import Act
from campaign.errors import SettingsError
from campaign.local import launcher
from campaign.local.services import Services
from campaign.settings import Settings, from_environment

# Requests mostly wait for the database; more threads than this only take turns.
THREADS = 16
_ME = (sys.executable, "-m", "campaign")
_WORKER = "worker.app:celery_app"
# Celery warns root of pickled messages; our worker accepts JSON only.
_NOT_THAT = ("-W", "ignore:You're running the worker with superuser privileges")


@click.command(cls=Act)
@click.option("--demo", is_flag=True, help="Load the demo content into an empty database.")
@click.option("--port", type=click.IntRange(1, 65535), help="Instead of PORT.")
def up(demo: bool, port: int | None) -> None:
    """Web, worker and scheduler together, with one log. Ctrl-C stops them."""
    if port is not None:
        os.environ["PORT"] = str(port)
    settings = from_environment()
    children = [launcher.Child(name, (*_ME, name)) for name in ("web", "worker", "scheduler")]

    logins: dict[str, str] = {}

    def prepare(services: Services) -> None:
        os.environ.update(DATABASE_URL=services.database_url, REDIS_URL=services.redis_url)
        logins.update(_prepare(demo=demo))

    launcher.up(
        settings.data_dir,
        children,
        host=settings.host,
        port=settings.port,
        prepare=prepare,
        on_ready=lambda: _announce(settings, logins),
        database_url=settings.database_url,
        redis_url=settings.redis_url,
    )


@click.command(cls=Act)
def web() -> NoReturn:
    """The web server."""
    settings = from_environment()
    _refuse_without_services(settings)
    os.execv(sys.executable, server_command(settings))  # nosec B606: our own interpreter.


def server_command(settings: Settings, app: str = "campaign:create_site") -> list[str]:
    """The command line of the web server, for the WSGI factory `app`."""
    command = [sys.executable, "-m", "granian", app, "--factory"]
    command += ["--interface", "wsgi", "--respawn-failed-workers", "--no-ws", "--http", "1"]
    command += ["--host", settings.host, "--port", str(settings.port)]
    command += ["--workers", str(settings.web_workers), "--blocking-threads", str(THREADS)]
    return [*command, "--log-level", "error"]


@click.command(cls=Act)
def worker() -> NoReturn:
    """The worker that sends mail, counts and compiles."""
    settings = from_environment()
    _refuse_without_services(settings)
    command = [
        sys.executable,
        *_NOT_THAT,
        "-m",
        "celery",
        "--quiet",
        "--app",
        "worker.app:celery_app",
        "worker",
    ]
    # One more, because a large delivery is compiled for many minutes in one of them.
    command += ["--concurrency", str(settings.worker_concurrency + 1)]
    command += ["--queues", "prompt,slow,compile"]
    command += ["--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    os.execv(sys.executable, command)  # nosec B606: our own interpreter.


@click.command(cls=Act)
def scheduler() -> NoReturn:
    """The scheduler; run exactly one."""
    settings = from_environment()
    _refuse_without_services(settings)
    command = [sys.executable, *_NOT_THAT, "-m", "celery", "--quiet", "--app", _WORKER, "beat"]
    # Kept in memory: a schedule file that a kill left half written would stop it for good.
    command += ["--scheduler", "celery.beat:Scheduler", "--pidfile", ""]
    command += ["--loglevel", "WARNING"]
    os.execv(sys.executable, command)  # nosec B606: our own interpreter.


def _refuse_without_services(settings: Settings) -> None:
    if settings.embedded:
        raise SettingsError(
            "this part runs on its own only with DATABASE_URL and REDIS_URL; "
            "`campaign up` runs everything on the embedded ones"
        )


def _prepare(*, demo: bool) -> dict[str, str]:
    # Imported here because the other three commands only start a program and need none of it.
    import flask_migrate

    from campaign.accounts.demo import add_demo_accounts, demo_logins
    from campaign.articles.demo import load_demo
    from campaign.extensions import db

    logins: dict[str, str] = {}
    with create_app().app_context():
        flask_migrate.upgrade()
        if demo:
            if load_demo():
                click.echo("Loaded the demo content.")
            logins = add_demo_accounts() or demo_logins()
        db.session.remove()
        db.engine.dispose()
    return logins


def _announce(settings: Settings, logins: dict[str, str]) -> None:
    lines = [f"Groundswell is running on {settings.base_url}"]
    if settings.smtp is None and not settings.production:
        lines.append(f"Mail is kept, not sent: {settings.base_url}/dev/mailbox")
    if logins:
        lines.append(f"Workspace: {settings.base_url}/staff/")
        lines += [f"  {email}  {password}" for email, password in logins.items()]
    lines.append("Ctrl-C stops it.")
    click.echo("\n" + "\n".join(f"  {line}" for line in lines) + "\n")
