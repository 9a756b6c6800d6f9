from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from accounts.acting import as_operator
from onboarding import endings, requests
from onboarding.models import Application


@shared_task
def forget_unconfirmed() -> None:
    """Applications whose email was never confirmed do not stay: they may be somebody's name in a form."""
    with as_operator():
        over = timezone.now() - timedelta(days=1)
        Application.objects.filter(state=Application.State.UNCONFIRMED, link_ends_at__lte=over).delete()


@shared_task
def watch_requests() -> None:
    """The clock of the requests: remind before the end, close what ended."""
    requests.remind_due()
    requests.expire_due()


@shared_task
def end_managements() -> None:
    """Carry out what customers have ended."""
    endings.end_due()
