"""What no verb writes cannot be stored either: PostgreSQL refuses, whatever stands before it."""

import pytest

from tests.constraints import refused
from tests.support.ground import asked, planned

BROKEN = {
    "ticket_closed_has_a_time": "UPDATE support_ticket SET closed_at = now()",
    "one_open_deletion_of_a_customer": (
        "UPDATE support_deletion SET customer_id = (SELECT min(customer_id) FROM support_deletion)"
    ),
    "deletion_has_two_persons": "UPDATE support_deletion SET approved_by_id = started_by_id WHERE state = 'planned'",
    "deletion_planned_was_approved": "UPDATE support_deletion SET due_at = NULL",
    "deletion_ended_has_a_time": "UPDATE support_deletion SET ended_at = now()",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_row_that_makes_no_sense_cannot_be_stored(world, name):
    planned(world)
    asked(world, world.second)

    table = BROKEN[name].split()[1]
    assert name in refused(BROKEN[name], past_triggers_of=table)
