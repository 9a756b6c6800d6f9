"""Noon of a day, at which everybody's hour of the daily email has come; and the runs that send it."""

from datetime import UTC, datetime, timedelta

import time_machine

from accounts.models import User
from alerts import digests

ALICE, TOM, CARL, SAM = "alice@aurora.example", "tom@people.example", "carl@contoso.example", "sam@samsung.example"
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
NOON = datetime(2027, 1, 12, 12, tzinfo=UTC)


def lives(user, zone, *, hour=7):
    User.objects.filter(pk=user.pk).update(time_zone=zone, digest_hour=hour)


def run():
    """One run of beat and worker."""
    for user_id in digests.due():
        digests.send(user_id)


def at(instant):
    with time_machine.travel(instant, tick=False):
        run()
