"""Letters to the one who sent an upload (words.md 4.2, upload.result): checked, added, or why it came to nothing.

All run as the sender. What the Deployment App sends has nobody to tell.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.formats import number_format

from devices.models import Upload
from mail import outbox
from tenants.models import Management
from tenants.times import written


def checked(upload: Upload) -> None:
    """The result of the check waits for a decision: nothing is added before the sender says so."""
    _write("devices/email/upload_checked", upload)


def result(upload: Upload) -> None:
    """How many were added and how many not."""
    if upload.checked_at:
        _write("devices/email/upload_result", upload)


def failed(upload: Upload, *, opens: bool) -> None:
    """Why the file as a whole was not used, or not any more. `opens`: the sender still has a page for it."""
    _write("devices/email/upload_failed", upload, opens=opens)


def _write(letter: str, upload: Upload, *, opens: bool = True) -> None:
    person = upload.uploaded_by
    if person is None or upload.channel == Upload.Channel.APP:
        return
    counts = {"good": upload.lines - upload.errors, "errors": upload.errors, "lines": upload.lines}
    outbox.write(
        letter,
        to=person.email,
        name=person.first_name,
        why="you sent this upload",
        about=[upload.customer.kcs_id] if upload.customer else [],
        has_settings=True,
        between=_between(upload) if opens else None,
        context={name: number_format(count, force_grouping=True) for name, count in counts.items()}
        | {
            "upload": upload,
            "added": number_format(upload.added, force_grouping=True),
            "at": written(upload.checked_at or upload.sent_at, person.zone),
            "button_url": settings.PORTAL_URL + _page(upload) if opens else "",
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
