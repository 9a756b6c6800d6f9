"""Devices of the demo, uploaded by the customer's own side. What a reseller sent is in portals/demo_uploads.py."""

from accounts.acting import acting_as
from accounts.models import User
from devices import deployment_app, identifiers, uploads
from tenants.models import Customer

# customer, TAC of the model, how many, tags, order number
_AURORA = """
Fjordline Freight|35561400|26|drivers|PO20417
Fjordline Freight|35671200|8|terminal,shared|PO20433
Lumen Retail Group|35452900|18|store 12|LR7781
Lumen Retail Group|35440800|9|store 40,pilot|LR7790
Kestrel Field Services|35567800|11|field|KFS118
Brightwater Care Homes|35678900|14|ward,shared|BCH55
"""
_CONTOSO = ("35220700", 15)


def load(alice: User, managed: list[Customer], contoso: Customer) -> None:
    """Devices of some customers of Alice's MSP, and of Contoso, which its own people manage: those come in by the Knox
    Deployment App."""
    by_name = {customer.name: customer for customer in managed}
    for number, line in enumerate(_AURORA.strip().splitlines()):
        name, tac, count, tags, order = line.split("|")
        _add(by_name[name], alice, _imeis(tac, int(count), first=1000 * number), tags.split(","), order)
    carl = User.objects.get(email="carl@contoso.example")
    with acting_as(carl):
        code = deployment_app.make(contoso, by=carl).code
    for imei in _imeis(*_CONTOSO, first=5000).decode().split():
        deployment_app.enroll(code, typed=imei)


def _add(customer: Customer, by: User, lines: bytes, tags: list[str], order: str) -> None:
    with acting_as(by):
        sent = uploads.receive(
            [lines],
            name="devices.csv",
            by=by,
            customer=customer,
            tags=tags,
            order_number=order,
            add_at_once=True,
        )
    uploads.check(sent.pk)  # what the worker would do, so that the demo is whole when it opens
    uploads.add(sent.pk)


def _imeis(tac: str, count: int, *, first: int) -> bytes:
    """Numbers with some distance between them, one a line."""
    fourteens = (f"{tac}{first * 7 + 37 * number:06d}" for number in range(count))
    return "".join(f"{one}{identifiers.check_digit(one)}\n" for one in fourteens).encode()
