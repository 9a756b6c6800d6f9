"""What can be removed: filters, checks and doors in the code; policies, constraints and triggers in the database."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any, NamedTuple

import psycopg

APPS = ("tenants", "devices", "licensing", "services", "onboarding", "support", "alerts", "portals", "audit")
OWNERS = {"customer", "customer_id", "customer__in", "msp", "msp_id", "reseller", "license_reseller", "user", "kcs_id",
          "ended_at", "state", "by"}  # fmt: skip
"""Keywords of `filter` and `get` that say whose rows, or in which state."""
ROOT = Path(__file__).resolve().parent.parent
_LEAST = "view_msp"
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
    lines: range = range(0)
    """A test that runs none of these cannot notice."""
    refuses: str = ""
    """In whose name PostgreSQL refuses: the constraint, the index, or the trigger's function."""
    only_refuses: bool = False
    """Whoever is not refused by it cannot notice that it is gone: no conflict is met with it, no row changed."""

    @property
    def is_a_door(self) -> bool:
        return " door " in self.name or " right of " in self.name

    def is_in(self, function: FunctionType) -> bool:
        """Whether what it guards is in this function."""
        code = function.__code__
        return code.co_filename == str(ROOT / self.path) and any(line in self.lines for *_, line in code.co_lines())

    def without(self, text: str) -> str:
        """The file with the guard taken away; every other line keeps its number."""
        gap = text[self.start : self.end].count("\n")
        instead = f"({self.instead}{'\n' * gap})" if gap and self.instead else self.instead + "\n" * gap
        return text[: self.start] + instead + text[self.end :]


def in_code(root: Path) -> Iterator[Guard]:
    """Every guard in views, doors and verbs."""
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            if "migrations" not in path.parts and "demo" not in path.name and "scale" not in path.name:
                yield from _of_file(app, path, root)


def _of_file(app: str, path: Path, root: Path) -> Iterator[Guard]:
    text, file = path.read_text(), str(path.relative_to(root))
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node in ast.walk(ast.parse(text)):
        for cut in _cuts(node):
            first, last = _place(cut.what, text, starts)
            rest = text[last:]
            first -= cut.kind.startswith("door")  # the @
            last += len(rest) - len(rest.lstrip(", ")) if cut.kind.startswith("filter") else 0
            name = f"{file}:{cut.what.lineno} {cut.kind}"
            yield Guard(name, app, path=file, start=first, end=last, instead=cut.instead, lines=_lines(cut.seen))


class _Cut(NamedTuple):
    kind: str
    what: ast.expr | ast.keyword
    instead: str
    seen: Sequence[ast.stmt | ast.keyword]
    """What a test must run to notice: for a check that is the refusal."""


def _cuts(node: ast.AST) -> Iterator[_Cut]:
    match node:
        case ast.If(test=test, body=[ast.Raise() as no, *_]):
            yield _Cut("check", test, "False", [no])
        case ast.Call(func=ast.Attribute(attr=called) | ast.Name(id=called), keywords=words) if called in _LOOK_UPS:
            yield from (_Cut(f"filter {word.arg}", word, "", [word]) for word in words if word.arg in OWNERS)
        case ast.FunctionDef(decorator_list=doors, body=body):
            for door in doors:
                yield from _doors(door, body)


def _doors(door: ast.expr, body: list[ast.stmt]) -> Iterator[_Cut]:
    """The door goes where the view can do without it; else the right that it asks for."""
    match door:
        case ast.Name(id="for_samsung"):
            yield _Cut("door for_samsung", door, "", body)
        case ast.Call(func=ast.Name(id="for_msp"), args=[ast.Constant(value=right) as asked, *_]) if right != _LEAST:
            yield _Cut("right of for_msp", asked, f'"{_LEAST}"', body)


def _lines(nodes: Sequence[ast.stmt | ast.keyword]) -> range:
    return range(nodes[0].lineno, (nodes[-1].end_lineno or 0) + 1)


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
SELECT conrelid::regclass::text, conname::text, contype = 'c' FROM pg_constraint c JOIN pg_class r ON r.oid = conrelid
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
SELECT tgrelid::regclass::text, tgname::text, tgfoid::regproc::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2
"""


def in_database(url: str) -> Iterator[Guard]:
    """Every policy, constraint, partial unique index and trigger of the portal's tables."""
    with psycopg.connect(url) as connection:
        for table, name, opened in connection.execute(_POLICIES).fetchall():
            yield _of(table, f"policy {table}.{name}", f"ALTER POLICY {name} ON {table} {opened}")
        for table, name, only in connection.execute(_CONSTRAINTS).fetchall():
            drop = f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE'
            yield _of(table, f"constraint {table}.{name}", drop, refuses=name, only_refuses=only)
        for table, name in connection.execute(_INDEXES).fetchall():
            yield _of(table, f"index {name}", f"DROP INDEX {name}", refuses=name)
        for table, name, function in connection.execute(_TRIGGERS).fetchall():
            yield _of(table, f"trigger {table}.{name}", f"DROP TRIGGER {name} ON {table}", refuses=function)


def _of(table: str, name: str, sql: str, **more: Any) -> Guard:
    return Guard(name, table.partition("_")[0], sql=sql, **more)
