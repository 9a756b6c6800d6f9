"""The web process."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msp_portal.settings")
os.environ.setdefault("DATABASE_PREPARED", "1")  # pages ask the same again and again (docs/adr/0036)
os.environ.setdefault("DATABASE_PATIENCE", "60")  # people do not wait longer, and others need the locks (docs/adr/0037)

_django = get_wsgi_application()
_CHARSETS = ("", "utf-8", "utf8", "us-ascii")


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Django, but for bodies in another encoding than UTF-8, which no page of ours sends.

    Django decodes with any codec that a request names, before there is a middleware to catch what that raises.
    """
    if _charset(environ.get("CONTENT_TYPE", "")) not in _CHARSETS:
        start_response("415 Unsupported Media Type", [("Content-Type", "text/plain; charset=utf-8")])
        return [b"Send text as UTF-8.\n"]
    return _django(environ, start_response)


def _charset(content_type: str) -> str | None:
    """As Django reads it, however it is written. None where Django would raise."""
    try:
        _, named = parse_header_parameters(content_type)
    except ValueError:
        return None
    return str(named.get("charset", "")).strip("'").lower()
