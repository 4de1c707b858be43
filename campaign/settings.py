"""Settings: read once from the environment, typed, frozen, refused when incomplete."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from campaign.errors import SettingsError

REQUIRED_IN_PRODUCTION = ("SECRET_KEY", "BASE_URL", "DATABASE_URL", "REDIS_URL", "SMTP_URL")
MIN_SECRET_LENGTH = 32


@dataclass(frozen=True)
class Smtp:
    """Where mail is handed over, as parsed from SMTP_URL."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    implicit_tls: bool = False
    starttls: bool = False


@dataclass(frozen=True)
class Settings:
    """Everything the environment decides. See the contract for the meaning of each name."""

    environment: str
    data_dir: Path
    database_url: str | None = field(repr=False)
    redis_url: str | None = field(repr=False)
    smtp: Smtp | None
    mail_from: str
    base_url: str
    host: str
    port: int
    web_workers: int
    worker_concurrency: int
    trusted_proxies: int
    secret_key: str = field(repr=False)
    rate_limits: bool = True
    metrics_token: str | None = field(default=None, repr=False)
    export_days: int = 7
    package_days: int = 90
    delivery_mail_mb: int = 10
    keep_months: int = 6
    unconfirmed_days: int = 30
    organisation: str = ""
    contact_email: str = ""

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @property
    def embedded(self) -> bool:
        """Whether the private database or broker under DATA_DIR is needed."""
        return self.database_url is None or self.redis_url is None


def from_environment(env: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. Raises SettingsError naming every setting that is missing or wrong."""
    env = os.environ if env is None else env
    environment = _choice(env, "ENVIRONMENT", "development", ("development", "production"))
    production = environment == "production"
    if production:
        _refuse_incomplete(env)
    data_dir = Path(env.get("DATA_DIR") or "var").absolute()
    cores = os.cpu_count() or 1
    port = _integer(env, "PORT", 8000, 1, 65535)
    rate_limits = _choice(env, "RATE_LIMITS", "on", ("on", "off")) == "on"
    if production and not rate_limits:
        raise SettingsError("RATE_LIMITS=off is for load tests and refused in production")
    return Settings(
        environment=environment,
        data_dir=data_dir,
        database_url=_url(env, "DATABASE_URL", ("postgresql", "postgres")),
        redis_url=_url(env, "REDIS_URL", ("redis", "rediss", "unix")),
        smtp=_smtp(env.get("SMTP_URL")),
        mail_from=_one_line(env, "MAIL_FROM", "Groundswell <no-reply@localhost>"),
        base_url=_base_url(env, port),
        host=env.get("HOST") or "127.0.0.1",
        port=port,
        web_workers=_integer(env, "WEB_WORKERS", cores, 1, 256),
        worker_concurrency=_integer(env, "WORKER_CONCURRENCY", cores, 1, 256),
        trusted_proxies=_integer(env, "TRUSTED_PROXIES", 0, 0, 10),
        secret_key=_secret_key(env, data_dir),
        rate_limits=rate_limits,
        metrics_token=env.get("METRICS_TOKEN") or None,
        export_days=_integer(env, "EXPORT_DAYS", 7, 1, 365),
        package_days=_integer(env, "PACKAGE_DAYS", 90, 14, 3650),
        delivery_mail_mb=_integer(env, "DELIVERY_MAIL_MB", 10, 0, 25),
        keep_months=_integer(env, "KEEP_MONTHS", 6, 1, 120),
        # No earlier than a link to confirm could still be opened.
        unconfirmed_days=_integer(env, "UNCONFIRMED_DAYS", 30, 20, 365),
        organisation=_one_line(env, "ORGANISATION", ""),
        contact_email=_contact(env),
    )


def _refuse_incomplete(env: Mapping[str, str]) -> None:
    missing = [name for name in REQUIRED_IN_PRODUCTION if not env.get(name)]
    if missing:
        raise SettingsError(f"ENVIRONMENT=production needs {', '.join(missing)}")


def _choice(env: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]) -> str:
    value = env.get(name) or default
    if value not in choices:
        raise SettingsError(f"{name} must be one of {', '.join(choices)}, not {value!r}")
    return value


def _integer(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name) or str(default)
    if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
        raise SettingsError(f"{name} must be a whole number from {low} to {high}, not {text!r}")
    return int(text)


def _url(env: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str | None:
    value = env.get(name) or None
    if value and urlsplit(value).scheme.split("+")[0] not in schemes:
        # The value may hold a password, so the message does not repeat it.
        raise SettingsError(f"{name} must start with {schemes[0]}://")
    return value


def _one_line(env: Mapping[str, str], name: str, default: str) -> str:
    value = env.get(name) or default
    if any(ord(character) < 32 for character in value):
        raise SettingsError(f"{name} must be a single line")
    return value


def _contact(env: Mapping[str, str]) -> str:
    value = _one_line(env, "CONTACT_EMAIL", "")
    if value and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", value):
        raise SettingsError(f"CONTACT_EMAIL must be like privacy@example.org, not {value!r}")
    return value


def _base_url(env: Mapping[str, str], port: int) -> str:
    value = (env.get("BASE_URL") or f"http://127.0.0.1:{port}").rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        raise SettingsError(f"BASE_URL must be like https://campaigns.example.org, not {value!r}")
    return value


def _smtp(url: str | None) -> Smtp | None:
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise SettingsError("SMTP_URL must be like smtp://user:pass@host:port or smtps://host")
    implicit = parts.scheme == "smtps"
    return Smtp(
        host=parts.hostname,
        port=parts.port or (465 if implicit else 25),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        implicit_tls=implicit,
        starttls=parse_qs(parts.query).get("starttls") == ["1"],
    )


def _secret_key(env: Mapping[str, str], data_dir: Path) -> str:
    key = env.get("SECRET_KEY")
    if key:
        if len(key) < MIN_SECRET_LENGTH and env.get("ENVIRONMENT") == "production":
            raise SettingsError(f"SECRET_KEY needs at least {MIN_SECRET_LENGTH} characters")
        return key
    path = data_dir / "secret_key"
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        draft = data_dir / f".secret_key.{secrets.token_hex(8)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        # A hard link appears whole or not at all and never replaces what is there, so
        # processes that start together agree on one key.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()
