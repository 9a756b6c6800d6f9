"""The demo's uploads of a reseller, which wait for a decision."""

from accounts.acting import acting_as, as_reseller
from accounts.models import User
from devices import resellers, uploads
from devices.identifiers import check_digit
from tenants.models import Customer, Msp, Reseller

# TACs of the catalog (devices/migrations/0003), all of Europe.
S24, A36, XCOVER, TAB = "35214300", "35452900", "35561400", "35671200"


def register(reseller: Reseller, alice: User, msp: Msp, managed: list[Customer]) -> None:
    """Alice's MSP knows that this company sells to one of its customers."""
    with acting_as(alice):
        resellers.register(_named("Fjordline Freight", managed), reseller.public_id, by=alice, msp=msp)


def load(rita: User, reseller: Reseller, *, managed: list[Customer], direct: Customer) -> None:
    """What waits at a customer of an MSP, and at a direct customer; one more customer has nothing yet."""
    customer, pending = _named("Fjordline Freight", managed), _named("Hansel & Roth Bakeries", managed)
    with acting_as(rita):
        resellers.add_customer(reseller, direct.kcs_id, internal_reference="Berlin office", by=rita)
        resellers.add_customer(reseller, pending.kcs_id, internal_reference="Bakeries, tills", by=rita)
    _send(rita, reseller, customer, "fjordline-autumn.csv", imeis(XCOVER, 240) + imeis(A36, 120) + imeis(TAB, 60))
    _send(rita, reseller, direct, "contoso.csv", imeis(S24, 12))


def imeis(tac: str, count: int, *, first: int = 100_000) -> list[str]:
    """Made-up devices of one model. Spread as if they were sold one by one."""
    numbers = (f"{tac}{first + number * 37:06d}" for number in range(count))
    return [number + check_digit(number) for number in numbers]


def _named(name: str, customers: list[Customer]) -> Customer:
    return next(one for one in customers if one.name == name)


def _send(rita: User, reseller: Reseller, target: Customer, name: str, lines: list[str]) -> None:
    """The file, and the worker's two steps: the demo is there before a worker runs."""
    with acting_as(rita), as_reseller():
        content = ["\n".join(lines).encode()]
        upload = uploads.receive(content, name=name, by=rita, reseller=reseller, target=target, add_at_once=True)
    uploads.check(upload.pk)
    uploads.add(upload.pk)
