"""The commands: what they print, where, and with which exit status."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from campaign.commands.deliveries import deliveries
from campaign.commands.signatures import signatures
from campaign.delivery.keyring import public_keys
from campaign.delivery.keys import own_fingerprint
from campaign.resources import folder
from tests.delivery.making import MAYOR, SLUG, petition, sign, sign_many
from tests.delivery.sealed import KEY, make_package, name_of, receipt_of
from tests.support.making import rows, value

ROOT = folder("templates").parent


def run(app: Flask, group: object, *words: object) -> Result:
    return app.test_cli_runner().invoke(group, [str(word) for word in words])


def test_generate_and_export(app: Flask, tmp_path: Path) -> None:
    petition()
    assert run(app, signatures, "generate", SLUG, 1500).output == "1,500 signatures generated\n"
    for form in ("csv", "xlsx"):
        out = tmp_path / f"out.{form}"
        done = run(app, signatures, "export", SLUG, "--format", form, "-o", out)
        assert (done.exit_code, done.output) == (0, f"1,500 signatures in {out}\n")


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["generate", SLUG, 0], 1, "Error: N must be a whole number from 1 to 5,000,000, not 0"),
        (["generate", SLUG, "many"], 2, "'many' is not a valid integer"),
        (["generate", "nope", 1], 1, "Error: there is no campaign 'nope'"),
        (["export", "nope", "--format", "csv", "-o", "x.csv"], 1, "Error: there is no campaign"),
        (["export", SLUG, "--format", "pdf", "-o", "x"], 2, "'pdf' is not one of"),
        (["export", SLUG, "--format", "xlsx", "-o", "-"], 2, "only CSV can go to the standard"),
        (["export", SLUG, "--format", "csv", "-o", "/no/x.csv"], 1, "the folder does not exist"),
    ],
)
def test_refusals_of_signatures(
    app: Flask,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[object],
    status: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    petition()
    done = run(app, signatures, *words)
    assert (done.exit_code, done.stdout) == (status, "")
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_csv_goes_to_the_standard_output(
    app: Flask, data_dir: Path, database_url: str, tmp_path: Path
) -> None:
    petition()
    sign("Zoë")
    command = [sys.executable, "-m", "campaign", "signatures", "export", SLUG, "--format", "csv"]
    env = {**os.environ, "DATABASE_URL": database_url, "REDIS_URL": "redis://127.0.0.1:1/0"}
    env |= {"DATA_DIR": str(data_dir), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([*command, "-o", "-"], capture_output=True, env=env, timeout=60)
    row = "1,Zoë,N1 9GU,GB,2026-03-01,\r\n".encode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == b"\xef\xbb\xbfnumber,name,postcode,country,signed_on,comment\r\n" + row
    with open("/dev/full", "wb") as full:
        failed = subprocess.run(
            [*command, "-o", "-"], stdout=full, stderr=subprocess.PIPE, env=env, timeout=60
        )
    assert failed.returncode == 1
    assert b"cannot write the standard output: No space left on device" in failed.stderr
    assert b"Traceback" not in failed.stderr


def test_compile_and_verify(
    app: Flask, tmp_path: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    petition()
    sign_many(1200)
    path = tmp_path / "out.zip"
    done = run(app, deliveries, "compile", SLUG, "--official", MAYOR, "-o", path, "--by", "Ada")
    assert (done.exit_code, done.output) == (
        0,
        f"Delivery 1: 1,200 signatures, numbers 1 to 1,200, in {path}\n",
    )
    assert value("SELECT made_by FROM delivery") == "Ada"
    monkeypatch.setenv("DATA_DIR", str(data_dir))
    verified = run(app, deliveries, "verify", path)
    assert verified.exit_code == 0
    assert verified.output == (
        "out.zip is exactly what was sealed: delivery 1 of “Night buses for everyone”, "
        f"1,200 signatures, numbers 1 to 1,200.\n"
        f"Sealed with the key {own_fingerprint(data_dir)}.\n"
    )
    again = run(app, deliveries, "compile", SLUG, "--official", MAYOR, "-o", tmp_path)
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr == (
        "Error: there are no confirmed signatures of 'night-buses' "
        "that 'official-of-night-buses' does not have already\n"
    )
    full = run(app, deliveries, "compile", SLUG, "--official", MAYOR, "--full", "-o", tmp_path)
    assert full.exit_code == 0
    assert (tmp_path / "night-buses-official-of-night-buses-2.zip").is_file()


def test_a_slice_is_compiled_up_to_a_moment(app: Flask, tmp_path: Path) -> None:
    petition()
    for name, country, postcode in (("A", "GB", "N1 1"), ("B", "GB", "E1"), ("C", "FR", "N1")):
        sign(name, country=country, postcode=postcode)
    line = ["compile", SLUG, "--official", MAYOR, "-o", tmp_path / "out.zip"]
    words = ["--country", "gb", "--country", "BE", "--postcode", "n-1", "--postcode", "SW"]
    early = run(app, deliveries, *line, *words, "--cut-off", "2026-01-01")
    assert early.exit_code == 1
    assert "there are no confirmed signatures of this part" in early.stderr
    done = run(app, deliveries, *line, *words)
    assert done.output.startswith("Delivery 1: 1 signature, numbers 1 to 1")
    assert rows("SELECT countries, postcodes FROM delivery") == [(["BE", "GB"], ["N1", "SW"])]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--country", "XX"], "countries: Choose countries from the list"),
        (["--postcode", "%"], "postcodes: Enter beginnings of postcodes"),
        (["--cut-off", "soon"], "cut_off: Enter a moment such as"),
        (["--cut-off", "2999-01-01"], "cut_off: Enter a moment that has come already"),
    ],
)
def test_a_slice_that_is_none_is_refused(
    app: Flask, tmp_path: Path, words: list[str], said: str
) -> None:
    petition()
    sign()
    done = run(app, deliveries, "compile", SLUG, "--official", MAYOR, "-o", tmp_path, *words)
    assert (done.exit_code, done.stdout) == (1, "")
    assert said in done.stderr
    assert rows("SELECT FROM delivery") == []


def test_fingerprint_is_that_of_the_sealing_key(app: Flask, data_dir: Path) -> None:
    done = run(app, deliveries, "fingerprint")
    assert done.output == f"{own_fingerprint(data_dir)}\n"


def elsewhere(tmp_path: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """Run `campaign deliveries verify` on a machine with no database, key or settings."""
    env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    # Starting anything, or asking for these addresses, would fail loudly.
    env |= {"DATABASE_URL": "postgresql://127.0.0.1:1/none", "ENVIRONMENT": "production"}
    return subprocess.run(
        [sys.executable, "-m", "campaign", "deliveries", "verify", *map(str, words)],
        cwd=tmp_path,
        env=env | {"PYTHONPATH": str(ROOT), "DATA_DIR": str(tmp_path / "none")},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_verifying_elsewhere_needs_the_fingerprint(
    app: Flask, tmp_path: Path, data_dir: Path
) -> None:
    petition()
    sign()
    path = tmp_path / "out.zip"
    run(app, deliveries, "compile", SLUG, "--official", MAYOR, "-o", path)
    key = str(own_fingerprint(data_dir))

    unknown = elsewhere(tmp_path, path)
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert f"it was sealed with the key {key}, which is not known here" in unknown.stderr
    assert unknown.stderr.splitlines()[-1] == "Error: this package is not to be trusted"

    known = elsewhere(tmp_path, path, "--key", key.replace(" ", "").upper())
    assert (known.returncode, known.stderr) == (0, "")
    assert known.stdout.startswith("out.zip is exactly what was sealed")

    other = elsewhere(tmp_path, path, "--key", "0" * 64)
    assert other.returncode == 1
    assert elsewhere(tmp_path, path, "--key", "abc").returncode == 2
    assert "Traceback" not in unknown.stderr + other.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.zip"]


def test_what_cannot_be_looked_into_is_neither_trusted_nor_distrusted(tmp_path: Path) -> None:
    (tmp_path / "package.zip.age").write_bytes(b"age-encryption.org/v1\n...")
    for name, what in (("package.zip.age", "package"), ("nowhere.zip", "file"), (".", "file")):
        done = elsewhere(tmp_path, tmp_path / name)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.splitlines()[-1] == f"Error: this {what} was not checked"


def test_a_receipt_is_verified_like_a_package(tmp_path: Path) -> None:
    receipt = tmp_path / "receipt.json"
    made = make_package(tmp_path / "new")
    receipt.write_bytes(receipt_of(made, 6))
    known = elsewhere(tmp_path, receipt, "--key", name_of(KEY))
    assert (known.returncode, known.stderr) == (0, "")
    assert known.stdout == (
        "Person 7 is number 7 of the 12 signatures of “Night buses for everyone” that were "
        "delivered to Ada Okafor, Mayor, City of Harrow Bay, as of 31 May 2026, 12:00 UTC.\n"
        f"Sealed with the key {name_of(KEY)}.\n"
    )
    unknown = elsewhere(tmp_path, receipt)
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "receipt.json: its statement was sealed with the key" in unknown.stderr
    assert unknown.stderr.splitlines()[-1] == "Error: this receipt is not to be trusted"
    assert "Traceback" not in unknown.stderr


def test_the_verifier_is_written_with_the_keys_that_are_known(
    app: Flask, data_dir: Path, tmp_path: Path
) -> None:
    out = tmp_path / "verify.html"
    run(app, deliveries, "fingerprint")
    done = run(app, deliveries, "verifier", "-o", out)
    count = len(public_keys(data_dir))
    assert (done.exit_code, done.output) == (0, f"{out} trusts {count} key{'s'[: count > 1]}\n")
    assert str(own_fingerprint(data_dir)) in out.read_text()
    refused = run(app, deliveries, "verifier", "-o", tmp_path / "no" / "verify.html")
    assert refused.exit_code == 1
    assert "the folder does not exist" in refused.stderr


def test_what_is_taken_out_at_the_shell_is_on_record(app: Flask, tmp_path: Path) -> None:
    petition()
    run(app, signatures, "generate", SLUG, 10)
    run(app, signatures, "export", SLUG, "--format", "csv", "-o", tmp_path / "out.csv")
    run(app, deliveries, "compile", SLUG, "--official", MAYOR, "-o", tmp_path / "p.zip")
    found = rows(
        "SELECT action, actor LIKE '%on the command line' FROM audit_event ORDER BY number"
    )
    assert [action for action, at_the_shell in found if at_the_shell] == [
        "signatures exported",
        "delivery requested",
        "delivery compiled",
    ]
