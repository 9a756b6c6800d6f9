"""The worker's steps of uploads, and the clock that finds those whose worker is gone."""

from datetime import timedelta

from celery import current_app, shared_task
from django.db import transaction
from django.utils import timezone

from accounts.acting import as_operator
from devices import bulk_acts, bulk_approvals, bulk_deletions, bulk_tags, upload_ends, upload_steps
from devices.models import BulkAct, Upload
from devices.pages import approval_list
from devices.tries import SILENT
from tenants import export_steps
from tenants.export_steps import Rows
from tenants.models import Export

STEPS = {Upload.State.WAITING: "check", Upload.State.CHECKING: "check", Upload.State.ADDING: "add"}


@shared_task
def check(upload_id: int) -> None:
    upload_steps.check(upload_id)


@shared_task
def add(upload_id: int) -> None:
    upload_steps.add(upload_id)


@shared_task
def resume() -> None:
    """Ask again for the step of each upload that stands still."""
    with as_operator():
        still = Upload.objects.filter(state__in=Upload.RUNNING, touched_at__lte=timezone.now() - SILENT)
        found = list(still.order_by("touched_at").values_list("pk", "state")[:100])
    for pk, state in found:
        current_app.send_task(f"devices.tasks.{STEPS[Upload.State(state)]}", [pk])


@shared_task
def approve_many(act_id: int) -> None:
    bulk_acts.run(act_id, bulk_approvals.WORK)


@shared_task
def tag_many(act_id: int) -> None:
    bulk_acts.run(act_id, bulk_tags.WORK)


@shared_task
def delete_many(act_id: int) -> None:
    bulk_acts.run(act_id, bulk_deletions.WORK)


@shared_task
def resume_bulk_acts() -> None:
    """Ask again for each act on many devices that stands still."""
    with as_operator():
        still = BulkAct.objects.filter(state=BulkAct.State.RUNNING, touched_at__lte=timezone.now() - SILENT)
        found = list(still.order_by("touched_at").values_list("worker", "pk")[:100])
    for worker, pk in found:
        current_app.send_task(worker, [pk])


@shared_task
def tidy(upload_id: int) -> None:
    """Throw away what an ended upload does not need any more."""
    with as_operator(), transaction.atomic():
        upload = Upload.objects.filter(pk=upload_id, state__in=Upload.ENDED).first()
        if upload:
            upload_ends.tidy(upload)


@shared_task
def tidy_ended() -> None:
    """The same for uploads whose task was lost."""
    with as_operator():
        ended = Upload.objects.filter(state__in=Upload.ENDED, ended_at__gte=timezone.now() - timedelta(days=7))
        found = list(ended.values_list("pk", flat=True))
    for pk in found:
        tidy(pk)


@shared_task
def export_approvals(export_id: str) -> None:
    """Make a long CSV of the queue."""
    export_steps.make(export_id, _approvals)


def _approvals(export: Export) -> Rows:
    rows = approval_list.asked_for(export.params["query"], export.msp, export.params["customer"])
    return approval_list.csv_rows(rows)
