"""Who may upload, and what is there and was said after it."""

from django.utils import timezone

from accounts.acting import as_operator
from accounts.models import User
from devices import uploads
from devices.models import Device, ResellerCustomer, Upload
from tenants import managements
from tenants.models import Customer, Management
from tests.mail.letters import letters
from tests.world import World


def sells_to(world: World, customer: Customer, state: str = "active", **fields) -> ResellerCustomer:
    with as_operator():
        return ResellerCustomer.objects.create(
            customer=customer, reseller=world.reseller, kcs_id=customer.kcs_id, reseller_name="Resell", state=state,
            **fields,
        )  # fmt: skip


def seen(model=Device, **which):
    with as_operator():
        return list(model.objects.filter(**which).order_by("pk"))


def said(upload: Upload) -> dict[int, str]:
    """The sentence of each bad line."""
    with as_operator():
        return {row[0]: row[-1] for row in list(uploads.report(upload))[1:]}


def subjects(person: User) -> list[str]:
    return [letter.subject for letter in letters(person.email)]


def to_the_next_msp(world: World) -> None:
    """Fjordline Freight has left Aurora, and Borealis manages it."""
    with as_operator():
        managements.take(world.first, of=world.aurora)
        Management.objects.filter(customer=world.first).update(state="ended", ended_at=timezone.now())
        Management.objects.create(customer=world.first, msp=world.borealis, state="active")
        managements.give(world.first.pk, to=world.borealis, by=None)
