"""Each policy of PostgreSQL holds something: a stranger can do nothing, and can do it as soon as one policy is open.

The first half is a test of the walls, the second a test of that test: it opens every policy there is, one at a time,
and wants the stranger to get through (mutation of the guards, peers.md C3).
"""

import json
from contextlib import ExitStack

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from accounts.acting import acting_as, as_agent, as_operator, as_reseller
from devices.models import BulkAct
from support.attachments import Sent
from tests import world as cast
from tests.architecture.test_walls import full
from tests.support import ground as support

__all__ = ["full"]
pytestmark = pytest.mark.django_db
ROLES = {
    "app": ExitStack,
    "reseller": as_reseller,
    "agent": lambda: as_agent(bytes(32)),
}
COMMANDS = {"r": "select", "a": "insert", "w": "update", "d": "delete"}
OPENED = {"insert": "WITH CHECK (true)", "update": "USING (true) WITH CHECK (true)"}
_POLICIES = """
SELECT polrelid::regclass::text, polname::text, split_part(r.rolname, '_', 2), polcmd::text
  FROM pg_policy JOIN pg_roles r ON r.oid = polroles[1] WHERE polname NOT IN ('owner', 'operator') ORDER BY 1, 2
"""
_TABLES = "SELECT relname::text FROM pg_class WHERE relforcerowsecurity ORDER BY 1"
_COLUMNS = """
SELECT attname::text FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
   AND attgenerated = '' AND attidentity <> 'a' ORDER BY attnum
"""
_MAY_UPDATE = """
SELECT attname::text FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
   AND attgenerated = '' AND has_column_privilege(%s, attrelid, attnum, 'UPDATE') ORDER BY attnotnull, attnum LIMIT 1
"""
OPEN = {
    ("audit_event", "app", "insert"): "an act is written by whoever does it; nobody reads it by that",
    ("audit_event", "reseller", "insert"): "the same in the Reseller Portal",
}
"""Where a stranger is let in on purpose."""


def rows(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


def a_row(table):
    """One row that is there, as JSON without the generated columns."""
    columns = [name for (name,) in rows(_COLUMNS, table)]
    with as_operator():
        found = rows(f"SELECT to_jsonb(t) FROM {table} t LIMIT 1")  # noqa: S608  (from the catalog)
    row = found[0][0] if found else {}
    row = json.loads(row) if isinstance(row, str) else row
    return columns, json.dumps(row)


def attempt(table, role, command):
    """What the stranger tries. Statements that read no column, so that no other policy stands in the way."""
    columns, row = a_row(table)
    match command:
        case "select":
            return f"SELECT FROM {table}", []
        case "delete":
            return f"DELETE FROM {table}", []  # noqa: S608
        case "update":
            may = rows(_MAY_UPDATE, table, f"portal_{role}")
            return (f"UPDATE {table} SET {may[0][0]} = DEFAULT", []) if may else ("SELECT WHERE false", [])  # noqa: S608
    names = ", ".join(f'"{name}"' for name in columns)  # some are words of SQL
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM jsonb_populate_record(NULL::{table}, %s)", [row]  # noqa: S608


@pytest.fixture
def everywhere(full):
    """A row in every table behind a wall, and somebody who has nothing to do with any of them."""
    support.opened(full.alice, own=full.aurora, files=[Sent("screen.png", support.PNG)])
    with as_operator():
        BulkAct.objects.create(
            customer=full.first, by=full.alice, label="Tag", right="manage_customer", total=1, until=1
        )
    return cast.person("stranger@people.example")


def gets_through(stranger, table, role, command):
    """Whether a person without a place gets anywhere: rows, or an error that comes after the policies."""
    statement, params = attempt(table, role, command)
    try:
        with transaction.atomic(), acting_as(stranger), ROLES[role](), connection.cursor() as cursor:
            cursor.execute(statement, params)
            count = cursor.rowcount
            transaction.set_rollback(True)
            return count > 0
    except DatabaseError as error:
        return not isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege)


def test_a_stranger_can_do_nothing_to_any_table(everywhere):
    tried = [
        (table, role, command)
        for (table,) in rows(_TABLES)
        for role in ROLES
        for command in COMMANDS.values()
        if gets_through(everywhere, table, role, command)
    ]

    assert set(tried) == set(OPEN)


def test_without_any_one_policy_the_stranger_gets_through(everywhere):
    policies = rows(_POLICIES)
    unnoticed = []
    for table, name, role, letter in policies:
        command = COMMANDS[letter]
        opened = OPENED.get(command, "USING (true)")
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL role TO portal_owner; ALTER POLICY {name} ON {table} {opened}")
                cursor.execute("SET LOCAL role TO portal_app")
            if not gets_through(everywhere, table, role, command):
                unnoticed.append((table, name))
            transaction.set_rollback(True)

    print(f"policies: {len(policies) - len(unnoticed)} of {len(policies)} opened ones noticed")  # noqa: T201
    assert unnoticed == []
