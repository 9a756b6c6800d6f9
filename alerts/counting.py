"""Counting: from the facts of every app to one open alert a cause (docs/adr/0023).

One pass of SQL for any number of customers, in one transaction: a run that is killed leaves nothing, one that runs
twice finds nothing to change. Runs go one after another. What the run before said does not matter to the next.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.acting import as_operator
from alerts import facts
from alerts.models import Recount
from alerts.sources import SOURCES
from rules import settings as rule

_LOCK = 8_001_000
"""The key of the advisory lock of counting; no other part of the portal uses it."""
_NEWS_MINUTES = 5
"""How far back a run looks for news. Longer than the minute between runs: a transaction counts from its commit on,
and says earlier times. Whatever takes longer, and what time alone changes, the full runs find."""


@dataclass(frozen=True)
class Outcome:
    """How many alerts a run opened, changed and closed."""

    opened: int
    changed: int
    closed: int


def recount(*, full: bool) -> Outcome:
    """Every customer, or those about whom there is news. Notes the run, for the stamp on pages."""
    with as_operator():
        started = _in_turn()
        outcome = _compare(started, None if full else _news())
        kind = Recount.Kind.FULL if full else Recount.Kind.CHANGED
        counts = {"opened": outcome.opened, "changed": outcome.changed, "closed": outcome.closed}
        Recount.objects.update_or_create(
            kind=kind, defaults={"started_at": started, "finished_at": timezone.now(), **counts}
        )
        return outcome


def recount_customers(customer_ids: Iterable[int]) -> Outcome:
    """These customers now, because somebody looks at them."""
    with as_operator():
        return _compare(_in_turn(), list(customer_ids))


def _in_turn() -> datetime:
    """Wait until other runs are done. Facts that were committed before the returned instant are counted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    return timezone.now()


# Each line is indexed by time (migration 0002).
_CHANGED = """
SELECT customer_id FROM audit_event
 WHERE at > clock_timestamp() - make_interval(mins => %(minutes)s) AND customer_id IS NOT NULL
 UNION
SELECT customer_id FROM services_move WHERE at > clock_timestamp() - make_interval(mins => %(minutes)s)
 UNION
SELECT a.customer_id FROM devices_upload u JOIN devices_approval a ON a.upload_id = u.id
 WHERE u.ended_at > clock_timestamp() - make_interval(mins => %(minutes)s)
"""


def _news() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, {"minutes": _NEWS_MINUTES})
        return [customer_id for (customer_id,) in cursor.fetchall()]


# The MSP is the one that manages now. {arms}: each source's query, {scope}: all customers or some, told to each arm.
# CREATE TABLE AS, not INSERT: only the former may be worked on by several processes of PostgreSQL.
_CLEAR = "DROP TABLE IF EXISTS pg_temp.alerts_found"
_FIND = """
CREATE TEMPORARY TABLE alerts_found ON COMMIT DROP AS
SELECT f.customer_id, coalesce(f.msp_id, m.msp_id) AS msp_id, f.kind, f.service, f.state, f.subject_type, f.subject_id,
       f.severity, f.count::integer, jsonb_strip_nulls(f.facts) AS facts,
       concat(f.kind, ':', f.service, ':', f.state, ':', f.subject_id) AS fingerprint
  FROM ({arms}) f LEFT JOIN tenants_management m ON m.customer_id = f.customer_id AND m.state <> 'ended'
 WHERE {scope}"""

_SAME = """coalesce(a.customer_id, 0) = coalesce(f.customer_id, 0) AND coalesce(a.msp_id, 0) = coalesce(f.msp_id, 0)
       AND a.fingerprint = f.fingerprint"""
_DIFFERS = "(a.severity, a.count, a.facts) IS DISTINCT FROM (f.severity, f.count, f.facts)"

# In the order of the keys, as people's verbs lock (alerts/handling.py), so that neither waits for the other in a ring.
_HOLD = f"""
SELECT a.id FROM alerts_alert a LEFT JOIN alerts_found f ON {_SAME}
 WHERE a.closed_at IS NULL AND {{scope}} AND (f.kind IS NULL OR {_DIFFERS})
 ORDER BY a.id FOR NO KEY UPDATE OF a"""

# Where the management went elsewhere, the next MSP does not read who of the former one handled what.
_STAYED = """a.customer_id IS NULL OR a.msp_id IS NOT DISTINCT FROM (
               SELECT m.msp_id FROM tenants_management m WHERE m.customer_id = a.customer_id AND m.state <> 'ended')"""
_CLOSE = f"""
UPDATE alerts_alert a
   SET closed_at = %(now)s,
       (acknowledged_by_id, acknowledged_at, assigned_to_id, snoozed_by_id, snoozed_until, snoozed_count) = (
           SELECT a.acknowledged_by_id, a.acknowledged_at, a.assigned_to_id, a.snoozed_by_id, a.snoozed_until,
                  a.snoozed_count WHERE {_STAYED})
 WHERE a.closed_at IS NULL AND {{scope}} AND NOT EXISTS (SELECT FROM alerts_found f WHERE {_SAME})"""

# Handling stays, but a worse severity takes acknowledgement and snooze away, and a grown number a snooze until then.
_RANK = "array_position(ARRAY['critical', 'warning', 'waiting'], {}::text)"
_WORSE = f"{_RANK.format('f.severity')} < {_RANK.format('a.severity')}"
_AWAKE = f"({_WORSE} OR f.count > coalesce(a.snoozed_count, f.count))"
_CHANGE = f"""
UPDATE alerts_alert a
   SET severity = f.severity, count = f.count, facts = f.facts, changed_at = %(now)s,
       acknowledged_by_id = CASE WHEN {_WORSE} THEN NULL ELSE a.acknowledged_by_id END,
       acknowledged_at = CASE WHEN {_WORSE} THEN NULL ELSE a.acknowledged_at END,
       snoozed_by_id = CASE WHEN {_AWAKE} THEN NULL ELSE a.snoozed_by_id END,
       snoozed_until = CASE WHEN {_AWAKE} THEN NULL ELSE a.snoozed_until END,
       snoozed_count = CASE WHEN {_AWAKE} THEN NULL ELSE a.snoozed_count END
  FROM alerts_found f
 WHERE a.closed_at IS NULL AND {_SAME} AND {_DIFFERS}"""

_OPEN = f"""
INSERT INTO alerts_alert (customer_id, msp_id, kind, service, subject_type, subject_id, fingerprint, severity, count,
                          facts, since, changed_at)
SELECT f.customer_id, f.msp_id, f.kind, f.service, f.subject_type, f.subject_id, f.fingerprint, f.severity, f.count,
       f.facts, %(now)s, %(now)s
  FROM alerts_found f
 WHERE NOT EXISTS (SELECT FROM alerts_alert a WHERE a.closed_at IS NULL AND {_SAME})"""


def _compare(now: datetime, customer_ids: list[int] | None) -> Outcome:
    """Count into a table of this transaction, then close, change and open what differs from it.

    What is about no customer of ours (requests, ended managements) is little, and counted each time.
    """
    params: dict[str, Any] = {"now": now, "only": customer_ids, **rule.numbers(*facts.THRESHOLDS)}

    def scope(table: str) -> str:
        return (
            "true" if customer_ids is None else f"({table}.customer_id = ANY (%(only)s) OR {table}.customer_id IS NULL)"
        )

    with connection.cursor() as cursor:
        cursor.execute(_CLEAR)
        cursor.execute(_FIND.format(arms=_arms(), scope=scope("f")), params)
        cursor.execute("ANALYZE alerts_found")
        cursor.execute(_HOLD.format(scope=scope("a")), params)
        cursor.execute(_CLOSE.format(scope=scope("a")), params)
        closed = cursor.rowcount
        cursor.execute(_CHANGE, params)
        changed = cursor.rowcount
        cursor.execute(_OPEN, params)
        return Outcome(cursor.rowcount, changed, closed)


def _arms() -> str:
    named = "SELECT '{}' AS kind, x.* FROM ({}) x ({})"
    return " UNION ALL ".join(named.format(one.kind, one.query, facts.COLUMNS) for one in SOURCES.values())
