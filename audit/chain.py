"""The chain: history is sealed, link by link, so that a changed, removed or reordered event is found.

Each event carries a digest of itself (migration 0003). Some seconds later it is sealed: a link names events and
their order, and its head is the hash of the head before it, of its number, and of their digests. So no act waits for
another's, and nothing of an act that was rolled back is sealed (docs/adr/0025).
"""

import json
import logging
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from django.db import connection, transaction

from accounts.acting import as_operator
from audit.models import Seal

logger = logging.getLogger(__name__)
FIRST = bytes(32)
"""What the first link hangs on."""
_AT_ONCE = 1000
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('audit.chain'))"
_TAKE = """
DELETE FROM audit_unsealed WHERE event_id IN (SELECT event_id FROM audit_unsealed ORDER BY event_id LIMIT %s)
RETURNING event_id
"""
_DIGESTS = "SELECT id, digest FROM audit_event WHERE id = ANY(%s)"
# As texts, the way that the digest is made of them.
_EVENTS = """
SELECT id, digest, salt, kept,
       ARRAY[actor_name, target_name, detail::text, host(address)],
       ARRAY[id::text, (extract(epoch FROM at) * 1000000)::bigint::text, verb, actor_id::text, side, msp_id::text,
             customer_id::text, reseller_id::text, license_reseller_id::text, target_type, target_id, request_id]
  FROM audit_event WHERE id = ANY(%s)
"""
_WAITING = "SELECT event_id FROM audit_unsealed ORDER BY event_id"
_STRAY = """
WITH sealed AS MATERIALIZED (SELECT unnest(events) AS id FROM audit_seal)
SELECT id FROM audit_event e
 WHERE NOT EXISTS (SELECT FROM audit_unsealed u WHERE u.event_id = e.id)
   AND NOT EXISTS (SELECT FROM sealed s WHERE s.id = e.id)
 ORDER BY id
"""
_BLANKED = """
SELECT (SELECT count(*) FROM audit_event WHERE salt IS NULL),
       (SELECT coalesce(sum((detail ->> 'events')::bigint), 0) FROM audit_event WHERE verb = 'history.forgotten')
"""


def seal() -> int:
    """Seal what waits; says how many events. The head of each link is logged, for the keeper of the log to compare."""
    sealed = 0
    while added := _seal_some():
        sealed += added
    return sealed


def problems(anchor: str = "") -> list[str]:
    """What is wrong with history, in sentences. `anchor` is a link as it was logged or printed once: `number:head`."""
    with as_operator():
        return [
            *_wrong_links(anchor),
            *_wrong_events([one for (one,) in _rows(_WAITING)]),
            *(f"Event {one} came in behind the back of the chain." for (one,) in _rows(_STRAY)),
            *_wrongly_blanked(),
        ]


def newest() -> str:
    """The last link, as an anchor."""
    with as_operator():
        return str(Seal.objects.order_by("-number").first() or "")


@transaction.atomic
def _seal_some() -> int:
    with as_operator():
        _rows(_LOCK)
        events = sorted(one for (one,) in _rows(_TAKE, _AT_ONCE))
        if not events:
            return 0
        last = Seal.objects.order_by("-number").first()
        number = last.number + 1 if last else 1
        head = _head(bytes(last.head) if last else FIRST, number, events)
        link = Seal.objects.create(number=number, events=events, head=head)
    logger.info("history is sealed to %s", link)
    return len(events)


def _head(before: bytes, number: int, events: list[int]) -> bytes:
    """What the link comes to: its events in their order, each with its digest."""
    digests = dict(_rows(_DIGESTS, events))
    hashed = sha256(before + b"%d" % number)
    for event in events:
        hashed.update(b",%d:" % event + digests.get(event, b""))
    return hashed.digest()


def _wrong_links(anchor: str) -> Iterator[str]:
    head, expected, is_anchored = FIRST, 1, not anchor
    for link in Seal.objects.order_by("number").iterator(chunk_size=100):
        if link.number != expected:
            yield f"Link {expected} is missing."
        yield from _wrong_events(link.events)
        if bytes(link.head) != _head(head, link.number, link.events):
            yield f"Link {link.number} does not hold what it sealed, or does not follow the link before it."
        head, expected = bytes(link.head), link.number + 1
        is_anchored = is_anchored or str(link) == anchor
    if not is_anchored:
        yield f"Link {anchor} is not in the chain: it was cut, or made anew."


def _wrong_events(events: list[int]) -> Iterator[str]:
    for start in range(0, len(events), _AT_ONCE):
        part = events[start : start + _AT_ONCE]
        found = {row[0]: row[1:] for row in _rows(_EVENTS, part)}
        for event in part:
            if event not in found:
                yield f"Event {event} was removed."
            elif not _is_whole(*found[event]):
                yield f"Event {event} was changed."


def _is_whole(
    digest: bytes, salt: bytes | None, kept: bytes | None, personal: list[str | None], rest: list[str | None]
) -> bool:
    """Whether an event is what its digest says. Of a forgotten one, the personal part is known by digest only."""
    own = kept if kept is not None else sha256((salt or b"") + _packed(personal)).digest()
    is_blank = salt is not None or personal == ["", "", "{}", None]
    return is_blank and (salt is None) == (kept is not None) and digest == sha256(_packed([*rest, own.hex()])).digest()


def _packed(parts: list[str | None]) -> bytes:
    """A JSON array of texts, as PostgreSQL's array_to_json writes it."""
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()


def _wrongly_blanked() -> Iterator[str]:
    [(blanked, told)] = _rows(_BLANKED)
    if blanked != told:
        yield f"{blanked} events are blank, but history tells of {told}."


def _rows(statement: str, *params: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        rows: list[Any] = cursor.fetchall()
        return rows
