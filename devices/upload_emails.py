"""The letter about the result of an upload (words.md 4.2, upload.result), to the one who sent it."""

from django.conf import settings
from django.urls import reverse
from django.utils.formats import number_format

from devices.models import Upload
from mail import outbox
from tenants.models import Management
from tenants.times import written


def result(upload: Upload) -> None:
    """How many were added and how many not. Runs as the sender; what the Deployment App sends has nobody to tell."""
    person = upload.uploaded_by
    if person is None or upload.checked_at is None or upload.channel == Upload.Channel.APP:
        return
    outbox.write(
        "devices/email/upload_result",
        to=person.email,
        name=person.first_name,
        why="you sent this upload",
        between=_between(upload),
        context={
            "upload": upload,
            "added": number_format(upload.added, force_grouping=True),
            "errors": number_format(upload.errors, force_grouping=True),
            "at": written(upload.checked_at, person.zone),
            "button_url": settings.PORTAL_URL + _page(upload),
        },
    )


def _between(upload: Upload) -> tuple[str, str] | None:
    """The letter dies with the relation that it is about (mail/outbox.py)."""
    if upload.customer_id is None:
        return None
    running = Management.objects.filter(customer=upload.customer_id, ended_at=None).select_related("msp", "customer")
    management = running.first()
    return (management.msp.public_id, management.customer.kcs_id) if management else None


def _page(upload: Upload) -> str:
    if upload.customer:
        return reverse("upload", args=[upload.customer.kcs_id, upload.pk])
    return reverse("reseller-upload", args=[upload.pk])
