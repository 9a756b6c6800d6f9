"""What can be removed: filters, checks and doors in the code; policies, constraints and triggers in the database."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

APPS = ("tenants", "devices", "licensing", "services", "onboarding", "support", "alerts", "portals", "audit")
OWNERS = {"customer", "customer_id", "customer__in", "msp", "msp_id", "reseller", "license_reseller", "user", "kcs_id",
          "ended_at", "state", "by"}  # fmt: skip
"""Keywords of `filter` and `get` that say whose rows, or in which state."""
_LOOK_UPS = {"filter", "get", "exclude", "get_object_or_404"}


@dataclass(frozen=True)
class Guard:
    """One guard: where it stands, and how it is taken away."""

    name: str
    app: str
    sql: str = ""
    path: str = ""
    start: int = 0
    end: int = 0
    """From which to which character of the file."""
    instead: str = ""

    def without(self, text: str) -> str:
        return text[: self.start] + self.instead + text[self.end :]


def in_code(root: Path) -> Iterator[Guard]:
    """Every guard in views, doors and verbs."""
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            if "migrations" not in path.parts and "demo" not in path.name and "scale" not in path.name:
                yield from _of_file(app, path, root)


def _of_file(app: str, path: Path, root: Path) -> Iterator[Guard]:
    text = path.read_text()
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node in ast.walk(ast.parse(text)):
        for kind, first, last, instead in _mutants(node, text, starts):
            name = f"{path.relative_to(root)}:{node.lineno} {kind}"  # type: ignore[attr-defined]
            yield Guard(name, app, path=str(path.relative_to(root)), start=first, end=last, instead=instead)


def _mutants(node: ast.AST, text: str, starts: list[int]) -> Iterator[tuple[str, int, int, str]]:
    match node:
        case ast.If(test=test, body=[ast.Raise(), *_]):
            first, last = _place(test, text, starts)
            yield "check", first, last, "False"
        case ast.Call(func=ast.Attribute(attr=called) | ast.Name(id=called)) if called in _LOOK_UPS:
            yield from _keywords(node, text, starts)
        case ast.FunctionDef(decorator_list=doors):
            for door in doors:
                yield from _door(door, text, starts)


def _door(door: ast.expr, text: str, starts: list[int]) -> Iterator[tuple[str, int, int, str]]:
    """The door goes where the view can do without it; else the right that it asks for."""
    match door:
        case ast.Name(id="for_samsung"):
            first, last = _place(door, text, starts)
            yield "door for_samsung", first - 1, last, ""
        case ast.Call(func=ast.Name(id="for_msp"), args=[right, *_]):
            yield "right of for_msp", *_place(right, text, starts), '"view_msp"'


def _keywords(call: ast.Call, text: str, starts: list[int]) -> Iterator[tuple[str, int, int, str]]:
    """Each keyword that says whose, with its comma."""
    for word in call.keywords:
        if word.arg in OWNERS:
            first, last = _place(word, text, starts)
            rest = text[last:]
            yield f"filter {word.arg}", first, last + len(rest) - len(rest.lstrip(", ")), ""


def _place(node: ast.expr | ast.keyword, text: str, starts: list[int]) -> tuple[int, int]:
    """From where to where, in characters: ast counts columns in bytes of UTF-8."""

    def place(line: int, column: int) -> int:
        whole = text[starts[line - 1] : starts[line]]
        return starts[line - 1] + len(whole.encode()[:column].decode())

    return place(node.lineno, node.col_offset), place(node.end_lineno or 0, node.end_col_offset or 0)


_POLICIES = """
SELECT t, n, CASE WHEN cmd = 'a' THEN 'WITH CHECK (true)' WHEN cmd = 'w' THEN 'USING (true) WITH CHECK (true)'
                  ELSE 'USING (true)' END
  FROM (SELECT polrelid::regclass::text t, polname::text n, polcmd cmd FROM pg_policy
         WHERE polname NOT IN ('owner', 'operator')) p ORDER BY 1, 2
"""
_CONSTRAINTS = """
SELECT conrelid::regclass::text, conname::text FROM pg_constraint c JOIN pg_class r ON r.oid = conrelid
 WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'u')
   AND (contype = 'c' AND conname !~ '_check$' OR contype = 'u') ORDER BY 1, 2
"""
_INDEXES = """
SELECT indrelid::regclass::text, indexrelid::regclass::text FROM pg_index i
 WHERE indisunique AND NOT indisprimary AND indpred IS NOT NULL
   AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
   AND indrelid::regclass::text NOT LIKE 'pg\\_%' ORDER BY 1, 2
"""
_TRIGGERS = """
SELECT tgrelid::regclass::text, tgname::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2
"""


def in_database(url: str) -> Iterator[Guard]:
    """Every policy, constraint, partial unique index and trigger of the portal's tables."""
    with psycopg.connect(url) as connection:
        for table, name, opened in connection.execute(_POLICIES).fetchall():
            yield _of(table, f"policy {table}.{name}", f"ALTER POLICY {name} ON {table} {opened}")
        for table, name in connection.execute(_CONSTRAINTS).fetchall():
            yield _of(table, f"constraint {table}.{name}", f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')
        for table, name in connection.execute(_INDEXES).fetchall():
            yield _of(table, f"index {name}", f"DROP INDEX {name}")
        for table, name in connection.execute(_TRIGGERS).fetchall():
            yield _of(table, f"trigger {table}.{name}", f"DROP TRIGGER {name} ON {table}")


def _of(table: str, name: str, sql: str) -> Guard:
    return Guard(name, table.partition("_")[0], sql=sql)
