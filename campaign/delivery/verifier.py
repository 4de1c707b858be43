"""verify.html: one file that checks packages and receipts in a browser, without a network.

Its parts lie in the folder `verifier`. A page from the disk cannot load modules, so each becomes
a function that returns what it exports, one after the other in one script.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from typing import Any

from campaign.delivery.keyring import PublicKey
from campaign.resources import folder

# Each after what it imports.
MODULES = (
    "words",
    "sha256",
    "zip",
    "csv",
    "merkle",
    "seal",
    "workbook",
    "comparing",
    "receipts",
    "packages",
    "checking",
    "parts",
    "showing",
    "page",
)
_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:const|class|function\*?) (\w+))", re.MULTILINE)


def page(name: str, address: str, keys: list[PublicKey]) -> str:
    """The page of the installation `name` at `address`, which trusts its `keys`."""
    known = [
        {which: key.published()[which] for which in ("fingerprint", "since", "until")}
        for key in keys
    ]
    installation: dict[str, Any] = {"name": name, "address": address, "keys": known}
    written = json.dumps(installation, ensure_ascii=False).replace("<", "\\u003c")
    parts = {
        "name": _escaped(name),
        "policy": policy(),
        "style": _style(),
        "script": _script(),
        "logo": _read("templates", "macros/logo.svg"),
        "installation": written,
    }
    return re.sub(r"\{(\w+)\}", lambda found: parts[found[1]], _read("verifier", "page.html"))


@cache
def policy() -> str:
    """What the page may do: run its own script, use its own style, and reach nothing."""
    script, style = (_sha256(text) for text in (_script(), _style()))
    return (
        f"default-src 'none'; script-src '{script}'; style-src '{style}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _script() -> str:
    return "\n".join(_inlined(_read("verifier", f"{name}.js")) for name in MODULES)


def _inlined(module: str) -> str:
    names = ", ".join(found[2] for found in _EXPORT.finditer(module))
    code = _EXPORT.sub(r"\1", _IMPORT.sub("", module))
    return f"const {{ {names} }} = (() => {{\n{code}\nreturn {{ {names} }};\n}})();"


@cache
def _style() -> str:
    return _read("static", "css/base.css") + _read("verifier", "page.css")


def _read(where: str, name: str) -> str:
    return (folder(where) / name).read_text(encoding="utf-8")


def _sha256(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
