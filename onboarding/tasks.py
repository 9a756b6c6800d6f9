from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from accounts.acting import as_operator
from onboarding.models import Application


@shared_task
def forget_unconfirmed() -> None:
    """Applications whose email was never confirmed do not stay: they may be somebody's name in a form."""
    with as_operator():
        over = timezone.now() - timedelta(days=1)
        Application.objects.filter(state=Application.State.UNCONFIRMED, link_ends_at__lte=over).delete()
