"""What must be true after any act, asked of the database in few statements, without the portal's own code."""

import zlib
from collections.abc import Iterable
from typing import Any

from django.db import connection

from accounts.acting import acting_as, as_operator, as_reseller
from accounts.models import User

type Rows = dict[tuple[str, int], tuple[int, int]]
"""(table, customer) → how many rows of that customer, and the sum of their hashes."""

_TABLES = """
SELECT c.table_name::text, array_agg(c.column_name::text)
  FROM information_schema.columns c JOIN pg_class r ON r.oid = c.table_name::regclass AND r.relforcerowsecurity
 WHERE c.table_schema = 'public' AND c.column_name IN ('customer_id', 'msp_id', 'reseller_id', 'license_reseller_id')
 GROUP BY c.table_name ORDER BY c.table_name
"""
# Tables whose rows are seen by all who see their customer, and by nobody else.
_EXACT = """
SELECT p.polrelid::regclass::text FROM pg_policy p
 WHERE p.polname = 'app_select' AND pg_get_expr(p.polqual, p.polrelid) LIKE '%view_customer%%'
   AND pg_get_expr(p.polqual, p.polrelid) ~ '^\\(?(customer_id|id) = ANY'
   AND pg_get_expr(p.polqual, p.polrelid) !~ '\\) OR \\('
"""
# The own place is always seen, and the own application, request or ticket, whoever manages the customer meanwhile.
_OF_RESELLERS = """
SELECT relname::text FROM pg_class WHERE relforcerowsecurity AND has_table_privilege('portal_reseller', oid, 'SELECT')
"""
_OWNERS = ("customer_id", "msp_id", "reseller_id", "license_reseller_id")
_NOT_OWN_ACTS = "WHERE actor_id IS DISTINCT FROM nullif(current_setting('app.user_id', true), '')::bigint"
"""Everybody reads what they did, wherever it was."""
OWN = {"tenants_membership", "tenants_role", "onboarding_managementrequest", "support_ticket"}

GRANTS = """
WITH rights AS (SELECT id, codename FROM auth_permission
                 WHERE content_type_id = (SELECT id FROM django_content_type
                                           WHERE app_label = 'tenants' AND model = 'customer')),
managed AS (SELECT customer_id, msp_id FROM tenants_management WHERE ended_at IS NULL),
closed AS (SELECT m.customer_id FROM managed m JOIN tenants_customer c ON c.id = m.customer_id WHERE c.access = 'none'),
should AS (
    SELECT 'role' AS kind, r.group_id AS holder, m.customer_id AS customer, p.id AS permission
      FROM managed m JOIN tenants_role r ON r.msp_id = m.msp_id JOIN rights p ON p.codename = ANY (r.rights)
    UNION
    SELECT 'role', r.group_id, r.customer_id, p.id FROM tenants_role r JOIN rights p ON p.codename = ANY (r.rights)
     WHERE r.customer_id IS NOT NULL AND r.customer_id NOT IN (SELECT customer_id FROM closed)
    UNION
    SELECT 'person', s.user_id, m.customer_id, p.id
      FROM tenants_membership s JOIN tenants_role r ON r.id = s.role_id JOIN managed m ON m.msp_id = s.msp_id
      JOIN rights p ON p.codename = ANY (r.rights)
      JOIN tenants_namedcustomer n ON n.membership_id = s.id AND n.customer_id = m.customer_id
     WHERE s.state = 'active' AND s.scope = 'some'
    UNION
    SELECT 'in group', s.user_id, r.group_id, 0 FROM tenants_membership s JOIN tenants_role r ON r.id = s.role_id
     WHERE s.state = 'active' AND s.scope = 'all'),
are AS (
    SELECT 'role' AS kind, group_id AS holder, content_object_id AS customer, permission_id AS permission
      FROM tenants_customergroupgrant
    UNION ALL SELECT 'person', user_id, content_object_id, permission_id FROM tenants_customerusergrant
    UNION ALL SELECT 'in group', u.user_id, u.group_id, 0
      FROM accounts_user_groups u JOIN tenants_role r ON r.group_id = u.group_id)
(SELECT 'missing', * FROM (SELECT * FROM should EXCEPT SELECT * FROM are) a)
UNION ALL
(SELECT 'too much', * FROM (SELECT * FROM are EXCEPT SELECT * FROM should) b)
"""
"""Grants follow places: what roles, places, named customers and managements say, against guardian's rows."""

SUMS = """
SELECT 'license ' || l.id FROM licensing_license l
 WHERE l.used < 0 OR l.used > l.seats
    OR l.used <> (SELECT count(*) FROM licensing_seat s WHERE s.license_id = l.id)
    OR l.used <> (SELECT coalesce(sum(e.change), 0) FROM licensing_seatentry e WHERE e.license_id = l.id)
UNION ALL
SELECT 'seat ' || s.id FROM licensing_seat s
  JOIN licensing_license l ON l.id = s.license_id LEFT JOIN devices_device d ON d.id = s.device_id
 WHERE l.customer_id <> s.customer_id OR d.customer_id IS DISTINCT FROM s.customer_id OR d.state <> 'verified'
UNION ALL
SELECT 'enrollment ' || e.id FROM services_enrollment e
  LEFT JOIN devices_device d ON d.id = e.device_id
 WHERE d.customer_id IS DISTINCT FROM e.customer_id OR d.state <> 'verified'
UNION ALL
SELECT 'upload ' || u.id FROM devices_upload u
 WHERE (u.state = 'done' AND u.lines <> u.added + u.errors)
    OR (u.state = 'done' AND u.added <> (SELECT coalesce(sum(a.devices), 0) FROM devices_approval a
                                          WHERE a.upload_id = u.id))
UNION ALL
SELECT 'approval ' || a.id FROM devices_approval a
 WHERE a.devices < (SELECT count(*) FROM devices_device d WHERE d.approval_id = a.id)
    OR (a.state <> 'pending' AND EXISTS (SELECT FROM devices_device d
                                          WHERE d.approval_id = a.id AND d.state = 'pending'))
UNION ALL
SELECT 'device ' || d.imei FROM devices_device d WHERE d.imei <> '' GROUP BY d.imei HAVING count(*) > 1
UNION ALL
SELECT 'management of ' || customer_id FROM tenants_management WHERE ended_at IS NULL
 GROUP BY customer_id HAVING count(*) > 1
UNION ALL
SELECT 'key ' || k.id FROM licensing_key k JOIN licensing_license l ON l.key_id = k.id
 WHERE l.customer_id IS DISTINCT FROM k.customer_id
UNION ALL
SELECT 'trial of ' || customer_id FROM licensing_license WHERE is_trial
 GROUP BY customer_id, service HAVING count(*) > 1
UNION ALL
SELECT 'move of device ' || device_id FROM (
    SELECT device_id, before, lag(state) OVER (PARTITION BY device_id, service ORDER BY id) AS earlier
      FROM services_move) m WHERE earlier IS NOT NULL AND earlier <> before
UNION ALL
SELECT 'enrollment without its moves ' || e.id FROM services_enrollment e
 WHERE e.state IS DISTINCT FROM (SELECT m.state FROM services_move m
     WHERE m.device_id = e.device_id AND m.service = e.service ORDER BY m.id DESC LIMIT 1)
"""
"""Seats, devices, uploads, approvals, keys, trials and moves add up: one row a fault."""

LEGAL = {
    "onboarding_application": {("submitted", "approved"), ("submitted", "rejected")},
    "onboarding_managementrequest": {
        ("open", end) for end in ("approved", "refused", "expired", "withdrawn", "closed")
    },
    "onboarding_delink": {("open", end) for end in ("approved", "refused", "rejected", "withdrawn")},
    "tenants_management": {
        ("active", "delink_requested"), ("active", "delink_wanted"), ("active", "ended"),
        ("delink_requested", "active"), ("delink_wanted", "active"),
        ("delink_requested", "ended"), ("delink_wanted", "ended"),
    },
    "support_deletion": {
        ("asked", "started"), ("asked", "withdrawn"), ("asked", "rejected"), ("started", "planned"),
        ("started", "withdrawn"), ("started", "rejected"), ("planned", "undone"), ("planned", "done"),
        ("planned", "withdrawn"),
    },
    "support_ticket": {("open", "in_progress"), ("open", "closed"), ("in_progress", "closed")},
    "devices_approval": {("pending", "approved"), ("pending", "rejected")},
    "devices_device": {("pending", "verified")},
    "devices_upload": {("checked", "failed"), ("checked", "cancelled"), ("checked", "done")},
}  # fmt: skip
"""From which state to which one an act may bring a row."""
_STATES = " UNION ALL ".join(f"SELECT '{table}', id::text, state FROM {table}" for table in LEGAL)  # noqa: S608  (of this file)


class Facts:
    """The statements, made once for the tables that there are."""

    def __init__(self) -> None:
        self.columns = dict(_asked(_TABLES))
        of_customer = [name for name, columns in self.columns.items() if "customer_id" in columns]
        self.exact = {name for (name,) in _asked(_EXACT)} & {*of_customer, "tenants_customer"}
        parts = [
            f"SELECT '{name}', customer_id, count(*), sum(hashtext(t::text)::bigint)::bigint FROM {name} t "  # noqa: S608
            "WHERE customer_id IS NOT NULL GROUP BY 2"
            for name in of_customer
        ]
        own = "SELECT 'tenants_customer', id, 1, hashtext(t::text)::bigint FROM tenants_customer t"
        self._rows = " UNION ALL ".join([own, *parts])
        shown = {name for (name,) in _asked(_OF_RESELLERS)}
        self._whose = self._grouped(self.columns)
        self._whose_reseller = self._grouped(shown & self.columns.keys())

    def _grouped(self, tables: Iterable[str]) -> str:
        """Whose the rows are that somebody sees, and how many of each."""
        customers = "SELECT 'tenants_customer', id, NULL::bigint, NULL::bigint, NULL::bigint, 1 FROM tenants_customer"
        parts = [
            f"SELECT '{name}', {', '.join(self._cell(name, one) for one in _OWNERS)}, count(*) "  # noqa: S608
            f"FROM {name} {_NOT_OWN_ACTS if name == 'audit_event' else ''} GROUP BY 2, 3, 4, 5"
            for name in sorted(tables)
        ]
        return " UNION ALL ".join([customers, *parts])

    def _cell(self, table: str, column: str) -> str:
        return column if column in self.columns[table] else "NULL::bigint"

    def rows(self) -> Rows:
        """Everything of every customer."""
        with as_operator():
            return {(table, pk): (count, total) for table, pk, count, total in _asked(self._rows, "operator")}

    def states(self) -> dict[tuple[str, str], str]:
        with as_operator():
            return {(table, pk): state for table, pk, state in _asked(_STATES, "operator")}

    def seen(self, person: User, *, reseller: bool = False) -> list[tuple[Any, ...]]:
        """(table, customer, msp, reseller, license reseller, rows) as PostgreSQL shows them to the person."""
        with acting_as(person):
            if not reseller:
                return _asked(self._whose, "app")
            with as_reseller():
                return _asked(self._whose_reseller, "reseller")


def faults(statement: str) -> list[tuple[Any, ...]]:
    with as_operator():
        return _asked(statement, "operator")


def illegal(before: dict[tuple[str, str], str], after: dict[tuple[str, str], str]) -> list[tuple[str, str, str, str]]:
    """Moves between states that nobody may make."""
    moved = [(*row, before[row], state) for row, state in after.items() if row in before and before[row] != state]
    return [one for one in moved if one[2:] not in LEGAL[one[0]]]


def _asked(statement: str, role: str = "") -> list[tuple[Any, ...]]:
    """Prepared, for each role by itself: planning the policies of forty tables takes longer than the answer."""
    connection.ensure_connection()
    raw, name = connection.connection, f"proof_{role}_{zlib.crc32(statement.encode())}"
    raw.prepare_threshold = None  # else psycopg drops all that is prepared after each rollback, these included
    if not raw.execute("SELECT FROM pg_prepared_statements WHERE name = %s", [name]).fetchall():
        raw.execute(f"PREPARE {name} AS {statement}")
    return raw.execute(f"EXECUTE {name}").fetchall()
