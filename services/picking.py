"""The devices of a customer that a console's list shows and that an act is about: what the address asks for.

Like `devices.inventory.Picked`; but `state` is the state in the service, and `thing` is what is assigned there.
"""

from dataclasses import dataclass, replace

from django.db.models import QuerySet
from django.utils.datastructures import MultiValueDict

from devices import inventory
from devices.inventory import Filters
from devices.models import Device
from services import engine
from services.console import Console
from services.models import Enrollment
from tenants import lists
from tenants.models import Customer

NOTHING = "none"
"""In place of a thing: devices that have none."""


@dataclass(frozen=True)
class Picked:
    """The verified devices of one customer: the ticked ones, or all that the filters match."""

    customer: Customer
    console: Console
    ids: list[int]
    filters: Filters
    states: list[str]
    """None of them: every state. More than one: any of these."""
    thing: str = ""
    """The id of one, or NOTHING."""
    all: bool = False

    @classmethod
    def read(cls, customer: Customer, console: Console, query: MultiValueDict[str, str]) -> "Picked":
        """From `state` and `device` (both may come more than once), `thing`, `q`, `model`, `tag`, `all`.

        What makes no sense is left out rather than refused: a list is only looked at.
        """
        known = {state.code for state in console.states}
        thing = query.get("thing") or ""
        return cls(
            customer,
            console,
            ids=lists.keys(query.getlist("device")[: lists.CAP]),
            filters=replace(Filters.read(query), state=""),  # which has another meaning there
            states=[state for state in dict.fromkeys(query.getlist("state")) if state in known],
            thing=thing if thing == NOTHING or lists.key(thing) else "",
            all="all" in query,
        )

    def __bool__(self) -> bool:
        """Whether the list is narrowed."""
        return bool(self.filters or self.states or self.thing)

    def listed(self) -> QuerySet[Device]:
        """Every device that the filters match, ticked or not."""
        devices = self.filters.of(_verified(self.customer))
        if self.states:
            devices = engine.standing(devices, self.console, self.states)
        if self.thing:
            devices = self._with_thing(devices)
        return devices

    def devices(self) -> QuerySet[Device]:
        """What an act is about."""
        return self.listed() if self.all else _verified(self.customer).filter(pk__in=self.ids)

    def _with_thing(self, devices: QuerySet[Device]) -> QuerySet[Device]:
        own = Enrollment.objects.of(self.customer, self.console.service)
        if self.thing == NOTHING:
            return devices.exclude(pk__in=own.exclude(thing=None).values("device"))
        return devices.filter(pk__in=own.filter(thing=int(self.thing)).values("device"))


def _verified(customer: Customer) -> QuerySet[Device]:
    """A pending device is not in yet: whether it comes in is decided with its upload."""
    return inventory.verified(customer)
