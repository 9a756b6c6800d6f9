"""The clock of the exports."""

from datetime import timedelta

from celery import current_app, shared_task
from django.utils import timezone

from accounts.acting import as_operator
from tenants.models import Export

_EXPIRES = 600
"""Seconds: longer than most wait for a worker, so that one that was lost is made in the end."""


@shared_task
def make_waiting_exports() -> None:
    """Ask again for exports whose task was lost, the oldest first. Where all workers are busy, what was asked ends."""
    with as_operator():
        late = timezone.now() - timedelta(minutes=2)
        waiting = Export.objects.filter(state=Export.State.WAITING, requested_at__lte=late)
        found = list(waiting.order_by("requested_at", "pk").values_list("pk", "maker")[:100])
    for pk, maker in found:
        current_app.send_task(maker, [str(pk)], expires=_EXPIRES)


@shared_task
def drop_ended_exports() -> None:
    """Throw away files whose time is over; the row stays, so that its link can say so."""
    with as_operator():
        Export.objects.filter(ends_at__lte=timezone.now()).exclude(content=None).update(content=None)
