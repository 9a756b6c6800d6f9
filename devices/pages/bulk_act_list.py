"""Acts that run in the background, on the page where they were asked."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from devices.models import BulkAct
from tenants import two_portals

_SHOWN = 5
DAY = timedelta(days=1)


def started(portal: two_portals.Place, *page: str, within: timedelta = DAY) -> list[tuple[BulkAct, str]]:
    """The newest that run for this customer, or ended lately, each with its address. `page` is what an act goes back
    to (BulkAct.back). One query.
    """
    lately = Q(ended_at=None) | Q(ended_at__gt=timezone.now() - within)
    asked = BulkAct.objects.filter(lately, customer=portal.customer, back=[*page]).order_by("-pk")
    return [(act, portal.url("customer-bulk-act", "admin-portal-bulk-act", act.pk)) for act in asked[:_SHOWN]]
