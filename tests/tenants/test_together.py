"""Several queries in one statement: each part in its order and with its own values, behind the same policies."""

from datetime import datetime

import pytest
from django.db.models import Count

from accounts.acting import acting_as
from tenants import together
from tenants.models import Customer, Management

pytestmark = pytest.mark.django_db


def _parts(world):
    managed = Management.objects.filter(msp=world.aurora, ended_at=None)
    return {
        "rows": {
            "names": Customer.objects.exclude(name="O'Neil").order_by("-name").values("name", "kcs_id"),
            "since": managed.values("since").order_by("since")[:1],
            "by_state": managed.order_by().values("state").annotate(count=Count("*")),
        },
        "sizes": {"one": managed.values("pk")[:1], "all": managed.values("pk")},
    }


def test_each_part_is_told_by_its_name(world, django_assert_num_queries):
    with acting_as(world.alice):
        customers = list(Customer.objects.order_by("-name"))
        managed = Management.objects.filter(msp=world.aurora, ended_at=None)
        first = managed.order_by("since")[0]
        with django_assert_num_queries(1):
            found = together.read(**_parts(world))

        assert found["names"] == [{"name": one.name, "kcs_id": one.kcs_id} for one in customers]
        assert [datetime.fromisoformat(one["since"]) for one in found["since"]] == [first.since]
        assert sum(one["count"] for one in found["by_state"]) == managed.count() > 1
        assert (found["one"], found["all"]) == (1, managed.count())


def test_policies_hold_in_every_part(world):
    with acting_as(world.tom):
        found = together.read(**_parts(world))

    assert [one["name"] for one in found["names"]] == [world.first.name]
    assert found["all"] == 1
