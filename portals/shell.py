"""What the frame of every page shows: where one was last, and how much waits."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from devices.models import Approval
from onboarding.models import Application
from support.models import Ticket
from tenants import recent
from tenants.lists import CAP
from tenants.models import Customer, Management, Msp


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html. Lazy: pages without a rail pay nothing."""
    return {"shell": _Shell(request)}


class _Shell:
    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def recent(self) -> list[Customer]:
        """The last customers that this person opened and may still see, without the one on the page."""
        keys = recent.keys(self.request.session)
        if not keys or not self._msp:
            return []
        found = Customer.objects.filter(managements__msp=self._msp, managements__ended_at=None).in_bulk(keys)
        match = self.request.resolver_match
        here = match.kwargs.get("kcs_id") if match else None
        return [found[pk] for pk in keys if pk in found and found[pk].kcs_id != here][: recent.SHOWN]

    @property
    def customer_total(self) -> str:
        """How many customers this person sees in this MSP."""
        return _capped(self._counts[0]) if self._msp else ""

    @property
    def uploads_waiting(self) -> str:
        """Uploads that wait at the customers that this person sees; empty for none."""
        return _capped(self._counts[1]) if self._msp and self._counts[1] else ""

    @cached_property
    def _counts(self) -> tuple[int, int]:
        """Both numbers of the rail, counted up to the cap. One query."""
        seen = Management.objects.filter(msp=OuterRef("pk"), ended_at=None)
        managed = Management.objects.filter(msp=self._msp, ended_at=None)
        pending = Approval.objects.filter(state=Approval.State.PENDING, is_complete=True, reseller__isnull=False)
        waiting = pending.filter(customer__in=managed.values("customer"))
        assert self._msp  # noqa: S101  (asked for inside an MSP only)
        customers, uploads = Msp.objects.values_list(_size(seen), _size(waiting)).get(pk=self._msp.pk)
        return customers, uploads

    @cached_property
    def waiting(self) -> int:
        """Applications that Samsung has not decided."""
        return Application.objects.filter(state=Application.State.SUBMITTED)[: CAP + 1].count()

    @cached_property
    def tickets_waiting(self) -> int:
        """Tickets that Samsung has not closed."""
        return Ticket.objects.filter(closed_at=None)[: CAP + 1].count()

    @property
    def _msp(self) -> Msp | None:
        return getattr(self.request, "msp", None)


def _size(rows: QuerySet[Any]) -> Func:
    """How many rows there are, up to one more than the cap."""
    return Func(ArraySubquery(rows.values("pk")[: CAP + 1]), function="cardinality", output_field=IntegerField())


def _capped(count: int) -> str:
    return f"{CAP:,}+" if count > CAP else f"{count:,}"
