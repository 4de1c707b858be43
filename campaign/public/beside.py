"""WSGI: what begins with /staff goes to the workspace, everything else to the public pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/staff"


class Beside:
    """Two applications under one roof. `staff` makes the second one when it is first needed."""

    def __init__(
        self, public: WSGIApplication, staff: Callable[[], WSGIApplication], base_url: str
    ) -> None:
        self._public = public
        self._staff = staff
        where = urlsplit(base_url)
        # Links and passkeys of the workspace belong to BASE_URL, whatever the Host header says.
        self._here = {"HTTP_HOST": where.netloc, "wsgi.url_scheme": where.scheme}

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if not path.startswith(PREFIX) or path[len(PREFIX) : len(PREFIX) + 1] not in ("", "/"):
            return self._public(environ, start)
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + PREFIX
        environ["PATH_INFO"] = path[len(PREFIX) :] or "/"
        environ.update(self._here)
        return self._staff()(environ, start)
