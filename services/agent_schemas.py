"""What agents send and read, as JSON Schema. Printed in docs/agent-v1.md and served at /agent/v1/schema."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from tenants.models import KnoxService

LONGEST = 64 * 1024
"""Bytes of a body."""
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_ID = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
_SERVICE = {"type": "string", "enum": list(KnoxService.values)}
_WORD = {"type": "string", "minLength": 1, "maxLength": 24, "pattern": "^[a-z0-9_]+$"}
_FACT = {"type": ["string", "number", "boolean"], "maxLength": 200, "minimum": -(2**53), "maximum": 2**53}


def _object(required: str, **properties: Any) -> dict[str, Any]:
    """Members that are not named are allowed: a newer agent may say more than this portal knows."""
    return {"type": "object", "required": required.split(), "properties": properties}


def _list(of: dict[str, Any], longest: int) -> dict[str, Any]:
    return {"type": "array", "items": of, "maxItems": longest}


def _text(longest: int, **more: Any) -> dict[str, Any]:
    return {"type": "string", "maxLength": longest, **more}


_ABOUT = {"firmware": _text(60), "version": _text(20)}
_SECRET = _text(43, minLength=43, pattern="^[A-Za-z0-9_-]+$")
_ANSWER = _object("id state", id=_ID, state={"enum": ["done", "failed", "cancelled"]}, detail=_text(400))
_EVENT = _object(
    "id service code at",
    id=_text(36, format="uuid"), service=_SERVICE, code=_WORD, at=_text(40, format="date-time"),
)  # fmt: skip
_COMMAND = _object("id service action params", id=_ID, service=_SERVICE, action=_WORD, params={"type": "object"})
_SECONDS = {"type": "integer", "minimum": 1}
_DEVICE = {"type": "integer", "minimum": 1}

REQUESTS: dict[str, dict[str, Any]] = {
    "enroll": _object(
        "code identifier secret",
        code=_text(22, minLength=1), identifier=_text(40, minLength=1), secret=_SECRET, **_ABOUT,
    ),
    "checkin": _object("", **_ABOUT),
    "report": _object(
        "",
        answers=_list(_ANSWER, 100),
        events=_list(_EVENT, 100),
        facts={
            "type": "object",
            "maxProperties": 10,
            "additionalProperties": {"type": "object", "maxProperties": 50, "additionalProperties": _FACT},
        },
    ),
}  # fmt: skip
ANSWERS: dict[str, dict[str, Any]] = {
    "enroll": _object("device interval", device=_DEVICE, interval=_SECONDS),
    "checkin": _object("commands interval", commands=_list(_COMMAND, 100), interval=_SECONDS),
    "report": _object(
        "accepted ignored",
        accepted=_list({"type": ["integer", "string"]}, 210),
        ignored=_list(_object("id sentence", id={"type": ["integer", "string"]}, sentence=_text(200)), 210),
    ),
    "error": _object("error sentence", error=_WORD, sentence=_text(500)),
}

_formats = FormatChecker(["uuid"])


def _is_instant(value: object) -> bool:
    """With a zone, and in a year that a device of today can mean."""
    if not isinstance(value, str):
        return True
    at = datetime.fromisoformat(value)
    return at.tzinfo is not None and _FIRST_YEAR < at.year < _LAST_YEAR


_formats.checks("date-time", raises=ValueError)(_is_instant)
_VALIDATORS = {name: Draft202012Validator(schema, format_checker=_formats) for name, schema in REQUESTS.items()}


class Malformed(ValueError):
    """The sentence says what is wrong with the body."""


def body_of(name: str, raw: bytes) -> dict[str, Any]:
    """The body of a request, checked against its schema. Raises Malformed."""
    try:
        body = json.loads(raw.decode("utf-8-sig") or "{}", parse_constant=_no_constant)
        json.dumps(body, ensure_ascii=False).encode()  # half a sign (a lone surrogate) is in no text
    except (ValueError, RecursionError):
        raise Malformed("The body is not JSON in UTF-8.") from None
    if b"\\u0000" in raw:
        raise Malformed("The body holds a NUL, which no text here has.")
    for error in _VALIDATORS[name].iter_errors(body):
        where = "/".join(str(part) for part in error.absolute_path) or "the body"
        raise Malformed(f"{where}: {error.message}"[:500])
    found: dict[str, Any] = body
    return found


def _no_constant(name: str) -> None:
    raise ValueError(name)


def document(events: Callable[[], dict[str, list[str]]]) -> dict[str, Any]:
    """Everything that is served: schemas of requests and answers, and which events each service knows."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "version": 1,
        "requests": REQUESTS,
        "answers": ANSWERS,
        "events": events(),
    }
