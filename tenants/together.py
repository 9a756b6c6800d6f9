"""Several queries in one statement: a page has ten, and each costs a way to PostgreSQL and back."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import QuerySet

_ROWS = 'ARRAY(SELECT part FROM ({sql}) part) AS "{name}"'
_SIZE = '(SELECT count(*) FROM ({sql}) part) AS "{name}"'

type Parts = Mapping[str, QuerySet[Any]]


def read(*, rows: Parts, sizes: Parts) -> dict[str, Any]:
    """By name the rows of each part as JSON says them (times are text), and the number of rows of others."""
    columns: list[str] = []
    values: list[Any] = []
    for form, parts in ((_ROWS, rows), (_SIZE, sizes)):
        for name, part in parts.items():
            sql, of_part = part.query.sql_with_params()
            columns.append(form.format(sql=sql, name=name))
            values += of_part
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_json(found)::text FROM (SELECT {', '.join(columns)}) found", values)  # noqa: S608
        found: dict[str, Any] = json.loads(cursor.fetchone()[0])
    return found
