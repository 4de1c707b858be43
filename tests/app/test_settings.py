"""Settings: complete or refused, each mistake named, no secret repeated."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from campaign.errors import SettingsError
from campaign.settings import REQUIRED_IN_PRODUCTION, Smtp, from_environment

COMPLETE = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "k" * 40,
    "BASE_URL": "https://campaigns.example.org",
    "DATABASE_URL": "postgresql://db.example.org/groundswell",
    "REDIS_URL": "redis://redis.example.org/0",
    "SMTP_URL": "smtps://user:p%40ss@mail.example.org",
}


def test_production_names_everything_that_is_missing() -> None:
    with pytest.raises(SettingsError) as caught:
        from_environment({"ENVIRONMENT": "production"})
    for name in REQUIRED_IN_PRODUCTION:
        assert name in str(caught.value)


@pytest.mark.parametrize("name", REQUIRED_IN_PRODUCTION)
def test_production_refuses_each_missing_setting(name: str) -> None:
    with pytest.raises(SettingsError, match=f"needs {name}$"):
        from_environment({**COMPLETE, name: ""})


def test_complete_production_settings_are_read(tmp_path: Path) -> None:
    settings = from_environment({**COMPLETE, "DATA_DIR": str(tmp_path)})
    assert settings.production
    assert not settings.embedded
    assert settings.smtp == Smtp("mail.example.org", 465, "user", "p@ss", implicit_tls=True)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("ENVIRONMENT", "staging", "must be one of development, production"),
        ("PORT", "eighty", "PORT must be a whole number from 1 to 65535, not 'eighty'"),
        ("PORT", "70000", "PORT must be"),
        ("WEB_WORKERS", "0", "WEB_WORKERS must be"),
        ("PACKAGE_DAYS", "13", "PACKAGE_DAYS must be a whole number from 14 to 3650, not '13'"),
        ("BASE_URL", "campaigns.example.org", "BASE_URL must be like"),
        ("BASE_URL", "https://example.org/path", "BASE_URL must be like"),
        ("DATABASE_URL", "mysql://secret@db/x", "DATABASE_URL must start with postgresql://"),
        ("REDIS_URL", "http://secret@r", "REDIS_URL must start with redis://"),
        ("SMTP_URL", "mail.example.org", "SMTP_URL must be like"),
        ("MAIL_FROM", "A\r\nBcc: b@example.org", "MAIL_FROM must be a single line"),
        ("RATE_LIMITS", "maybe", "RATE_LIMITS must be one of on, off"),
        ("RATE_LIMITS", "off", "refused in production"),
        ("DELIVERY_MAIL_MB", "26", "from 0 to 25"),
        ("DELIVERY_MAIL_MB", "-1", "from 0 to 25"),
        ("KEEP_MONTHS", "0", "KEEP_MONTHS must be a whole number from 1 to 120, not '0'"),
        ("UNCONFIRMED_DAYS", "19", "UNCONFIRMED_DAYS must be a whole number from 20 to 365"),
        ("ORGANISATION", "Tide\nlifts", "ORGANISATION must be a single line"),
        ("CONTACT_EMAIL", "Ada <ada@example.org>", "CONTACT_EMAIL must be like"),
        ("SECRET_KEY", "short", "at least 32 characters"),
    ],
)
def test_each_mistake_is_named(name: str, value: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        from_environment({**COMPLETE, name: value})
    assert words in str(caught.value)
    assert "secret" not in str(caught.value)


def test_secrets_are_not_shown_by_repr(tmp_path: Path) -> None:
    shown = repr(from_environment({**COMPLETE, "DATA_DIR": str(tmp_path)}))
    assert "kkkk" not in shown
    assert "p@ss" not in shown
    assert "db.example.org" not in shown


def test_development_makes_one_secret_key_and_keeps_it(tmp_path: Path) -> None:
    env = {"DATA_DIR": str(tmp_path / "new")}
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: from_environment(env).secret_key, range(16)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 40
    mode = (tmp_path / "new" / "secret_key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_base_url_follows_the_port(tmp_path: Path) -> None:
    settings = from_environment({"DATA_DIR": str(tmp_path), "PORT": "8123"})
    assert settings.base_url == "http://127.0.0.1:8123"
