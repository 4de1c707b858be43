"""Packages encrypted to the public key of an office (age-encryption.org/v1); how they go."""

from __future__ import annotations

import glob
import hashlib
from pathlib import Path

import pyrage

from campaign.delivery.errors import CannotWrite
from campaign.delivery.files import replaced


def encrypted(package: Path, age_key: str) -> Path:
    """The file beside `package` that only the holder of `age_key` can open, made if there is none.

    It is written as it is read, so that its size costs no memory. A package never changes, and
    the name tells the key, so what is there is right. Raises CannotWrite.
    """
    mark = hashlib.sha256(age_key.encode()).hexdigest()[:16]
    path = package.with_name(f"{package.stem}.{mark}.zip.age")
    if not path.is_file():
        recipient = pyrage.x25519.Recipient.from_str(age_key)
        with replaced(path) as draft:
            try:
                pyrage.encrypt_file(str(package), str(draft), [recipient])
            except pyrage.EncryptError as error:
                raise CannotWrite(f"cannot encrypt {package.name}") from error
    return path


def remove(package: Path) -> None:
    """Remove a package and its encrypted copies, unfinished ones as well. Raises OSError."""
    copies = f"{glob.escape(package.stem)}.*.zip.age"
    # The package last: while it is there, whoever is interrupted here is known to have to go on.
    for path in (
        *package.parent.glob(copies),
        *package.parent.glob(f".{copies}.*.part"),
        package,
    ):
        path.unlink(missing_ok=True)
