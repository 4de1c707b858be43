"""Passwords."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from argon2 import PasswordHasher

from campaign.accounts.passwords import hash_password, weakness
from campaign.errors import Invalid


def test_a_password_is_kept_as_argon2id_at_the_cost_that_rfc_9106_asks_for() -> None:
    # In a process of its own: these tests pay less.
    program = "from campaign.accounts.passwords import hash_password as h; print(h('ten letters!'))"
    env = {"PATH": os.environ["PATH"]}
    kept = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True
    ).stdout.strip()
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PasswordHasher().verify(kept, "ten letters!")


def test_one_password_is_never_kept_twice_in_the_same_way() -> None:
    assert hash_password("ten letters!") != hash_password("ten letters!")


@pytest.mark.parametrize(
    "password", ["", "short", "x" * 201, "aaaaaaaaaaaaaaa", "Olu@Example.org", "abababababab"]
)
def test_a_weak_password_is_refused(password: str) -> None:
    assert weakness(password, email="olu@example.org")
    with pytest.raises(Invalid):
        hash_password(password, email="olu@example.org")


@pytest.mark.parametrize(
    "password", ["five words in a row", "пароль из слов", "密码一二三四五六七八"]
)
def test_length_is_what_counts(password: str) -> None:
    assert weakness(password, email="olu@example.org") is None
