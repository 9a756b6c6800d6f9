"""Exports that are asked for, made and read."""

import csv
import io

from accounts.acting import acting_as, as_operator
from accounts.models import User
from portals.tasks import export_customers
from tenants import exports
from tenants.models import Export
from tests.world import World

MAKER = "portals.tasks.export_customers"


def ask(world: World, by: User, query: str = "") -> Export:
    with acting_as(by):
        return exports.request("customers", maker=MAKER, params={"query": query}, msp=world.aurora, by=by)


def made(world: World, by: User, query: str = "") -> Export:
    """Asked for, and made by the worker."""
    export = ask(world, by, query)
    export_customers(str(export.pk))
    return stored(export)


def stored(export: Export) -> Export:
    with as_operator():
        return Export.objects.get(pk=export.pk)


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
