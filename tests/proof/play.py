"""Two MSPs, their technicians and everybody around them, and what each of them does, well or with bad intent.

Every act is a verb of the portal, called as the person, in a transaction, as a view does. What a door would have
stopped is stopped by `door` here; everything else gets whatever row there is, also somebody else's.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import ProgrammingError, models, transaction

from accounts import samsung_admins
from accounts.acting import acting_as, as_operator
from accounts.models import User
from onboarding.models import Program
from rules.errors import RuleBroken
from tenants import access
from tenants.models import Customer, Membership, Msp
from tests import world as cast

REFUSALS = (RuleBroken, ObjectDoesNotExist)


@dataclass
class Side:
    """An MSP, or somebody who may become one."""

    name: str
    boss: User
    tech: User

    @property
    def msp(self) -> Msp | None:
        with as_operator():
            return Msp.objects.filter(memberships__user=self.boss).first()

    def people(self) -> tuple[User, User]:
        return self.boss, self.tech


reasons: Counter[str] = Counter()
"""Why acts were refused, for who wants to know."""


class Refused(RuleBroken):
    """A door is closed."""


class Play:
    """The cast: Alice's and Bob's companies (not yet MSPs), Contoso, a reseller, a license reseller and Samsung."""

    def __init__(self) -> None:
        self.sam = samsung_admins.appoint("sam@samsung.example", first_name="Sam", last_name="Park")
        self.kim = samsung_admins.appoint("kim@samsung.example", first_name="Kim", last_name="Lee")
        self.sides = [
            Side("Aurora", cast.person("alice@aurora.example"), cast.person("tom@people.example")),
            Side("Borealis", cast.person("bob@borealis.example"), cast.person("ben@people.example")),
        ]
        self.rita, self.reseller = self._seller("rita@resell.example", "Resell", "devices")
        self.lena, self.license_reseller = self._seller("lena@licenses.example", "Nordkey", "keys")
        self.carl, self.contoso = cast.direct_customer(self.sam)

    def _seller(self, email: str, name: str, sells: str) -> tuple[User, Any]:
        return cast.company(email, name, Program.RESELLER, sam=self.sam, **(cast.RESELLER_FIELDS | {"sells": sells}))

    def everybody(self) -> list[User]:
        return [person for side in self.sides for person in side.people()] + [self.carl, self.rita]

    def side_of(self, person: User) -> Side | None:
        return next((side for side in self.sides if person in side.people()), None)

    def sees(self, person: User) -> set[int]:
        """The customers that the person must see, told by places and managements, without a grant."""
        with as_operator():
            if person == self.carl:
                return self._of_contoso()
            found: set[int] = set()
            for place in Membership.objects.filter(user=person, state="active", msp__isnull=False).select_related(
                "role"
            ):
                if access.VIEW in place.role.rights:
                    found |= self._reached(place)
            return found

    def _of_contoso(self) -> set[int]:
        here = Customer.objects.filter(pk=self.contoso.pk, memberships__user=self.carl)
        closed = models.Q(access="none", managements__ended_at=None, managements__isnull=False)
        return set(here.exclude(closed).values_list("pk", flat=True))

    def _reached(self, place: Membership) -> set[int]:
        managed = set(
            Customer.objects.filter(managements__msp=place.msp_id, managements__ended_at=None).values_list(
                "pk", flat=True
            )
        )
        if place.scope == "some":
            return managed & set(place.named.values_list("customer_id", flat=True))
        return managed


def run(person: User, act: Callable[[], Any], *roles: Callable[[], AbstractContextManager[None]]) -> bool:
    """Whether the portal let the person do it. What it refused is rolled back, as ATOMIC_REQUESTS does."""
    try:
        with ExitStack() as stack:
            stack.enter_context(transaction.atomic())
            stack.enter_context(acting_as(person))
            for role in roles or (nullcontext,):
                stack.enter_context(role())
            act()
    except REFUSALS as no:
        reasons[f"{type(no).__name__} {no}"[:90]] += 1
        return False
    except ProgrammingError as error:
        if "row-level security" in str(error) or "permission denied" in str(error):
            return False
        raise
    return True


def door(person: User, customer: Customer, right: str = access.MANAGE) -> None:
    """As `for_customer` does. Asked as the person."""
    if not Customer.objects.granted(person, right).filter(pk=customer.pk).exists():
        raise Refused("There is nothing here that you can open.", status=404)


def pick[M: models.Model](rows: models.QuerySet[M], number: int) -> M | None:
    """One of the rows that there are, of whomever, the same each time."""
    with as_operator():
        found = list(rows.order_by("-pk")[:8])
        return found[number % len(found)] if found else None
