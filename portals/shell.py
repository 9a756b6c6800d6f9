"""What the frame of every page shows: where one was last, and how much waits."""

from collections.abc import Set
from typing import Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, IntegerField, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from accounts.models import User
from alerts import bell, feed
from alerts.models import Alert
from devices.models import Approval
from onboarding.models import Application
from support.models import Ticket
from tenants import recent, together
from tenants.lists import CAP, capped
from tenants.models import Management, Membership, Msp


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html. Lazy: pages without a rail pay nothing."""
    return {"shell": _Shell(request)}


class _Shell:
    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def rights(self) -> Set[str]:
        """What this person may do in the organization whose rail is shown, as the page's door found out. No query."""
        if (held := getattr(self.request, "msp_rights", None)) is not None:
            return set(held)
        membership = getattr(self.request, "membership", None)
        return set(membership.role.rights) if membership else set()

    @property
    def role(self) -> str:
        """What this person is in the organization whose rail is shown; empty where none is. No query of its own."""
        if membership := getattr(self.request, "membership", None):
            return str(membership.role.name)
        return next((str(one["name"]) for one in self._counted["role"]), "") if self._msp else ""

    @property
    def recent(self) -> list[dict[str, Any]]:
        """The last customers that this person opened and may still see, without the one on the page: `name`, `kcs_id`
        and how many of its `alerts` nobody took on."""
        if not self._msp:
            return []
        match = self.request.resolver_match
        here = match.kwargs.get("kcs_id") if match else None
        found = {one["customer_id"]: one for one in self._counted["recent"] if one["kcs_id"] != here}
        return [found[pk] for pk in self._recent if pk in found][: recent.SHOWN]

    @property
    def customer_total(self) -> str:
        """How many customers this person sees in this MSP."""
        return capped(self._counted["customers"]) if self._msp else ""

    @property
    def uploads_waiting(self) -> str:
        """Uploads that wait at the customers that this person sees; empty for none."""
        return capped(self._counted["uploads"]) if self._msp and self._counted["uploads"] else ""

    @property
    def bell(self) -> str:
        """How many alerts are new to this person: `7`, `99+`, empty for none."""
        return bell.shown(self._counted["unread"]) if self._msp else ""

    @cached_property
    def _counted(self) -> dict[str, Any]:
        """All that the rail and the bar tell of an MSP, counted up to the cap. One query."""
        msp, person = self._msp, cast("User", self.request.user)
        assert msp  # noqa: S101  (asked for inside an MSP only)
        managed = Management.objects.filter(msp=msp, ended_at=None)
        pending = Approval.objects.filter(state=Approval.State.PENDING, is_complete=True, reseller__isnull=False)
        sizes = {
            "customers": managed,
            "uploads": pending.filter(customer__in=managed.values("customer")),
            "unread": bell.new_to(feed.of_msp(msp).urging(), user=person, msp=msp),
        }
        own = Membership.objects.filter(user=person, msp=msp, state=Membership.State.ACTIVE)
        rows: dict[str, QuerySet[Any]] = {"role": own.values(name=F("role__name"))}
        if self._recent:
            rows["recent"] = _with_alerts(managed, self._recent, msp)
        found = together.read(
            rows=rows,
            sizes={name: part.order_by().values("pk")[: CAP + 1] for name, part in sizes.items()},
        )
        return {"recent": []} | found

    @cached_property
    def _recent(self) -> list[int]:
        return recent.keys(self.request.session)

    @cached_property
    def waiting(self) -> int:
        """Applications that Samsung has not decided."""
        return Application.objects.filter(state=Application.State.SUBMITTED)[: CAP + 1].count()

    @cached_property
    def tickets_waiting(self) -> int:
        """Tickets that Samsung has not answered, as its dashboard counts them."""
        return Ticket.objects.filter(state=Ticket.State.OPEN)[: CAP + 1].count()

    @property
    def _msp(self) -> Msp | None:
        return getattr(self.request, "msp", None)


def _with_alerts(managed: QuerySet[Management], keys: list[int], msp: Msp) -> QuerySet[Any]:
    """These customers, as far as the MSP manages them."""
    urging = Alert.objects.urging().filter(msp=msp, customer=OuterRef("customer"))
    alerts = Func(ArraySubquery(urging.values("pk")[: CAP + 1]), function="cardinality", output_field=IntegerField())
    names = {"name": F("customer__name"), "kcs_id": F("customer__kcs_id"), "alerts": alerts}
    return managed.filter(customer__in=keys).values("customer_id", **names)
