"""A large world to measure in: MSPs, customers and devices by the million, valid by every constraint.

Organizations come from the verbs, one by one; customers and what they have come set by set. Sizes are skewed as in
life: one MSP has a tenth of the customers, one customer a tenth of the devices, the others follow a square law.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from accounts import samsung_admins
from accounts.acting import as_operator
from accounts.adapters import email_confirmed
from accounts.models import User
from portals import scale_devices
from tenants import grants, memberships, names, organizations, public_ids
from tenants.models import Access, Customer, CustomerService, KnoxService, Management, Msp
from tenants.regions import Region

PASSWORD = "knox-scale"  # noqa: S105
_BATCH = 5000
_SEEN_BY_TECHNICIAN = 3
_SERVICES = tuple(KnoxService)


@dataclass(frozen=True)
class Size:
    """How much to make. The first MSP is the largest; the first customer, the largest, is the second MSP's."""

    msps: int
    customers: int
    devices: int

    def msp_of(self, number: int) -> int:
        """Which MSP (from 0) has this customer (from 0): each tenth one is the first MSP's."""
        if self.msps == 1 or number % 10 == 9:  # noqa: PLR2004
            return 0
        return 1 + int((self.msps - 1) * _even(number) ** 2) if number else 1

    def customer_of(self, number: int) -> int:
        """Which customer (from 0) has this device (from 0): a tenth of all is the first one's."""
        if self.customers == 1 or number % 10 == 0:
            return 0
        return 1 + int((self.customers - 1) * _even(number) ** 2)


def load(size: Size, *, say: Callable[[str], None]) -> None:
    """Make the world; `say` is told of each step. Raises ValueError where one was made here before."""
    if User.objects.by_email(person_of(0)):
        raise ValueError("A large world is loaded already.")
    with as_operator():
        sam = samsung_admins.appoint("scale@samsung.example", first_name="Sam", last_name="Scale", password=PASSWORD)
        say(f"{size.msps:,} MSPs")
        msps = [_msp(number) for number in range(size.msps)]
        say(f"{size.customers:,} customers")
        customers = _customers(size, msps)
        grants.give_managed_customers()
        _limit_technicians(size, msps, customers)
        scale_devices.load(customers, [size.customer_of(one) for one in range(size.devices)], by=sam, say=say)


def person_of(msp: int, *, technician: bool = False) -> str:
    """The email of the super admin of an MSP (from 0), or of its technician, who sees three customers."""
    return f"{'tech' if technician else 'boss'}{msp}@scale.example"


def _even(number: int) -> float:
    """Evenly spread over [0, 1), in an order that looks like none (golden ratio)."""
    return number * 0.618_033_988_749_895 % 1


def _msp(number: int) -> Msp:
    msp = Msp.objects.create(
        public_id=public_ids.new(public_ids.Kind.MSP),
        name=f"Scale MSP {number}",
        region=Region.EUROPE,
        support_phone="+4930123456",
        support_email=f"help@msp{number}.example",
        country="DE",
        address_1="Torstr. 1",
        city="Berlin",
        zip_code="10119",
    )
    organizations.begin(msp)
    boss = _person(person_of(number))
    memberships.join(boss, msp.roles.super_admin(), by=None)
    return msp


def _person(email: str) -> User:
    """Without a password: a thousand hashes would take longer than all devices. Sign in by `manage.py` or a reset."""
    person = User.objects.create_user(email, first_name=email.partition("@")[0].title(), last_name="Scale")
    email_confirmed(person)
    return person


def _customers(size: Size, msps: list[Msp]) -> list[Customer]:
    made: list[Customer] = []
    for start in range(0, size.customers, _BATCH):
        numbers = range(start, min(start + _BATCH, size.customers))
        batch = Customer.objects.bulk_create([_customer(number) for number in numbers])
        managed = zip(batch, numbers, strict=True)
        Management.objects.bulk_create([Management(customer=one, msp=msps[size.msp_of(n)]) for one, n in managed])
        CustomerService.objects.bulk_create(
            [CustomerService(customer=one, service=service) for one in batch for service in _SERVICES]
        )
        made += batch
    return made


def _customer(number: int) -> Customer:
    name = f"{_WORDS[number % len(_WORDS)]} {number}"
    return Customer(
        kcs_id=public_ids.new(public_ids.Kind.CUSTOMER),
        name=name,
        name_key=names.key(name),
        size=Customer.Size.UP_TO_249,
        industry="transport",
        contact_first_name="Karin",
        contact_last_name=f"Blom {number}",
        contact_key=names.key(f"Karin Blom {number}"),
        contact_email=f"it@customer{number}.example",
        tenant_id=f"customer{number}.example",
        access=Access.NONE,
        country="DE",
        address_1="Hauptstr. 5",
        city="Berlin",
        zip_code="10115",
        modified_at=timezone.now() - timedelta(hours=number % 5000),
    )


_WORDS = (
    "Alder",
    "Birch",
    "Cedar",
    "Delta",
    "Ember",
    "Fjord",
    "Grove",
    "Haven",
    "Iris",
    "Juniper",
    "Kestrel",
    "Linden",
)


def _limit_technicians(size: Size, msps: list[Msp], customers: list[Customer]) -> None:
    """Each MSP has a technician who sees its first three customers."""
    own: dict[int, list[Customer]] = {}
    for number, customer in enumerate(customers):
        few = own.setdefault(size.msp_of(number), [])
        if len(few) < _SEEN_BY_TECHNICIAN:
            few.append(customer)
    for number, msp in enumerate(msps):
        person = _person(person_of(number, technician=True))
        memberships.join(person, msp.roles.get(name="Technician"), by=None, customers=own.get(number, []))
