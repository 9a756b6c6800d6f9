"""Sending. A mail whose worker died goes out with the next sweep."""

from base64 import b64decode
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from post_office.models import STATUS, Email
from post_office.utils import cleanup_expired_mails

from mail import headers

headers.keep_whole("List-Unsubscribe")

MAX_TRIES = 8
OPEN = (STATUS.queued, STATUS.requeued)
_EXPIRES = 600
"""Seconds: longer than most wait for a worker, so that a letter whose task was lost goes out in the end."""


@shared_task
def deliver(email_id: int) -> None:
    """Send one mail, unless another worker is sending it, it went out already or its next try is still to come.

    The row stays locked while the mail server answers, so a mail is sent twice only if the worker dies
    between the server's yes and the commit.
    """
    with transaction.atomic():
        its_time = Q(scheduled_time=None) | Q(scheduled_time__lte=timezone.now())
        rows = Email.objects.select_for_update(skip_locked=True).filter(its_time, pk=email_id, status__in=OPEN)
        email = rows.first()
        if email is None:
            return
        if email.context:
            data = b64decode(email.context["base64"])
            email.email_message().attach(email.context["name"], data, "application/pdf")
        if email.dispatch() == STATUS.sent:
            return
        tries = email.number_of_retries or 0
        if tries < MAX_TRIES:
            email.status, email.number_of_retries = STATUS.requeued, tries + 1
            email.scheduled_time = timezone.now() + timedelta(seconds=30 * 2**tries)
            email.save(update_fields=["status", "number_of_retries", "scheduled_time"])


@shared_task
def deliver_waiting() -> None:
    """Send what a lost task or a silent mail server left behind. Where all workers are busy, what was asked ends."""
    now = timezone.now()
    waiting = Email.objects.filter(
        Q(scheduled_time__lte=now) | Q(scheduled_time=None, created__lte=now - timedelta(seconds=20)),
        status__in=OPEN,
    )
    for email_id in waiting.order_by("pk").values_list("pk", flat=True)[:500]:
        deliver.apply_async((email_id,), expires=_EXPIRES)


@shared_task
def forget_old() -> None:
    """Delete letters whose time is over: their links are tokens in plain text, which other tables keep hashed."""
    cleanup_expired_mails(timezone.now() - timedelta(days=settings.MAIL_KEPT_DAYS), delete_attachments=False)
