"""A process that looks at the first 50 customers by name of three people, by our scope and by guardian's on generic
rows, in turns. Prints the seconds of each look as JSON.
"""

import json
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.db import models, transaction  # noqa: E402  (apps first)
from guardian.shortcuts import get_objects_for_user  # noqa: E402

from accounts.acting import acting_as  # noqa: E402
from accounts.models import User  # noqa: E402
from portals import scale  # noqa: E402
from tenants import access  # noqa: E402
from tenants.models import Customer  # noqa: E402

RUNS, ROWS = 20, 50
WARM = 12
"""Looks before: what is loaded once is there, and PostgreSQL has made up its mind about a plan (docs/adr/0036)."""
PEOPLE = {
    "a technician, limited to three": scale.person_of(7, technician=True),
    "a usual MSP": scale.person_of(7),
    "the largest MSP": scale.person_of(0),
}


class Peer(models.Model):
    """A customer without policies, whose grants are guardian's generic rows."""

    name = models.TextField()
    name_key = models.TextField()

    class Meta:
        app_label = "bench"
        managed = False

    def __str__(self) -> str:
        return self.name


def _ours(user: User) -> models.QuerySet[Any]:
    return Customer.objects.granted(user, access.VIEW)


def _guardians(user: User) -> models.QuerySet[Any]:
    found: models.QuerySet[Any] = get_objects_for_user(user, "bench.view_peer", Peer)
    return found


def _look(scope: Callable[[User], models.QuerySet[Any]], user: User) -> tuple[float, list[str]]:
    start = time.perf_counter()
    with acting_as(user), transaction.atomic():
        names = [one.name for one in scope(user).order_by("name_key", "id").only("name")[:ROWS]]
    return time.perf_counter() - start, names


def _compared(email: str) -> dict[str, list[float]]:
    user = User.objects.get(email=email)
    times: dict[str, list[float]] = {"ours": [], "guardian": []}
    for run in range(WARM + RUNS):
        ours, guardians = _look(_ours, user), _look(_guardians, user)
        assert ours[1] == guardians[1]
        if run >= WARM:
            times["ours"].append(ours[0])
            times["guardian"].append(guardians[0])
    return times


if __name__ == "__main__":
    print(json.dumps({who: _compared(email) for who, email in PEOPLE.items()}))
