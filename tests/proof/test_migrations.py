"""No migration keeps people waiting at a table that grows with devices: what `make upgrade` measures, said before."""

import pytest
from django.db import connection
from django.db.migrations import operations as does
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED

LARGE = {
    "devices": {"device", "upload", "uploadline", "approval"},
    "services": {"enrollment", "move", "command", "agent", "report"},
    "licensing": {"seat", "seatentry"},
    "audit": {"event"},
}
"""Tables with a row a device or more: building an index or checking a constraint reads all of them under a lock."""
MEASURED = {"audit.0003_chain", "devices.0004_tries", "services.0007_history_by_service"}
"""From before the first release: no installation has these tables full and these migrations ahead of it."""
WAY_OUT = {
    "index": "AddIndexConcurrently (or RemoveIndexConcurrently), in a migration of its own with atomic = False",
    "constraint": "AddConstraintNotValid, and ValidateConstraint in the next migration",
    "field": "null=True or db_default: else the running release cannot insert, and rows are written anew",
    "type": "a new column, filled in pieces: another type rewrites the table",
}


def trouble(operation, state, app):
    """Which rule an operation on a large table breaks; empty if none."""
    match operation:
        case does.AddIndex() | does.RemoveIndex():
            return "" if type(operation).__name__.endswith("Concurrently") else "index"
        case does.AddConstraint():
            return "" if type(operation).__name__ == "AddConstraintNotValid" else "constraint"
        case does.AddField(field=field):
            stays = field.null or field.db_default is not NOT_PROVIDED or field.many_to_many
            return "" if stays else "field"
        case does.AlterField(field=field, name=name, model_name=model):
            before = state.models[app, model.lower()].fields[name]
            is_same = field.is_relation or before.db_type(connection) == field.db_type(connection)
            return "" if is_same else "type"
    return ""


def found():
    loader, state, there = MigrationLoader(None), ProjectState(), set()
    for app, name in loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True):
        migration = loader.graph.nodes[app, name]
        made = set()
        for operation in migration.operations:
            model = getattr(operation, "model_name", getattr(operation, "name", "")).lower()
            if isinstance(operation, does.CreateModel):
                made.add((app, model))
            is_large = (app, model) in there and model in LARGE.get(app, ())
            if is_large and (rule := trouble(operation, state, app)):
                yield f"{app}.{name}", f"{model}: {WAY_OUT[rule]}"
            operation.state_forwards(app, state)
        there |= made


def test_no_migration_holds_a_large_table():
    broken = [(name, way) for name, way in found() if name not in MEASURED]

    assert broken == []


@pytest.mark.parametrize("rule", ["index", "field", "type"])
def test_the_rules_see_what_was_done_before_the_first_release(rule):
    assert WAY_OUT[rule] in {way.partition(": ")[2] for _, way in found()}
