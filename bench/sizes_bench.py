"""What a row takes on the disk, with its share of the indexes: the arithmetic of docs/scaling.md begins here."""

from bench.alert_rows import EACH, Rows
from bench.database import Database
from bench.ratio import Ratio

CUSTOMERS = 500
_SIZES = """
SELECT relname, reltuples::bigint, pg_relation_size(oid), pg_indexes_size(oid), pg_total_relation_size(oid)
  FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND reltuples >= %s
 ORDER BY pg_total_relation_size(oid) DESC"""


def measure(database: Database) -> tuple[list[Ratio], dict[str, object]]:
    """No goal: bytes a row of every table that has at least a row a customer."""
    Rows(database).add(1, CUSTOMERS)
    with database.owner() as owner:
        found = owner.execute(_SIZES, (CUSTOMERS,)).fetchall()
    sizes = {
        name: {"rows": rows, "row": heap / rows, "indexes": indexes / rows, "all": total / rows}
        for name, rows, heap, indexes, total in found
    }
    for name, size in sizes.items():
        print(f"size {name} {size['rows']:,} rows, {size['row']:.0f} + {size['indexes']:.0f} bytes each")
    return [], {"devices": CUSTOMERS * EACH, "sizes": sizes}
