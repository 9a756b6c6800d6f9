"""What tests of tickets start from, made by the product's own verbs."""

from datetime import timedelta
from typing import Any

import time_machine
from django.utils import timezone
from post_office.models import Email

from accounts import samsung_admins
from accounts.acting import acting_as, as_operator
from accounts.models import User
from support import deletions, tickets
from support.attachments import Sent
from support.models import Attachment, Deletion, Ticket
from support.tickets import Draft
from tenants.models import Customer, KnoxService
from tests.mail.letters import letters
from tests.world import World

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def kim() -> User:
    """The second Samsung admin."""
    return samsung_admins.appoint("kim@samsung.example", first_name="Kim", last_name="Lee")


def opened(by: User, **more: Any) -> Ticket:
    """A ticket of Aurora, unless told otherwise."""
    told = {"kind": Ticket.Kind.QUESTION, "subject": "Where is the invoice", "text": "I looked everywhere."}
    files = more.pop("files", ())
    with acting_as(by):
        return tickets.open_ticket(Draft(**(told | more)), files=files, by=by)


def asked(world: World, customer: Customer | None = None) -> Deletion:
    """Alice asks for the deletion of Aurora's first customer."""
    with acting_as(world.alice):
        return deletions.ask(customer or world.first, reason="It closed down.", own=world.aurora, by=world.alice)


def planned(world: World, customer: Customer | None = None) -> Deletion:
    """Sam started it, Kim approved it."""
    deletion = asked(world, customer)
    second = kim()
    with acting_as(world.sam), as_operator():
        deletions.start(deletion, by=world.sam)
    with acting_as(second), as_operator():
        return deletions.approve(deletion, by=second)


def carried_out(world: World, customer: Customer | None = None) -> Deletion:
    """The time to undo it is over, and the clock came by."""
    deletion = planned(world, customer)
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=True):
        assert deletions.run_due() == 1
    with as_operator():
        return Deletion.objects.select_related("ticket", "customer").get(pk=deletion.pk)


def newest(to: str) -> Email:
    """The newest letter to this address."""
    return letters(to)[-1]


def own_ticket(world: World) -> list[object]:
    """A ticket of Aurora that only Alice sees. Asked as Alice."""
    found = Ticket.objects.filter(msp=world.aurora, kind=Ticket.Kind.QUESTION).first()
    found = found or opened(world.alice, own=world.aurora, files=[Sent("screen.png", PNG)])
    return [found.pk]


def own_file(world: World) -> list[object]:
    return [*own_ticket(world), Attachment.objects.get().pk]


def to_delete(world: World) -> list[object]:
    """The ticket with which Alice asks for the deletion of Aurora's second customer."""
    found = Ticket.objects.filter(kind=Ticket.Kind.DELETION).first()
    return [found.pk if found else asked(world, world.second).ticket_id]


def to_carry_out(world: World) -> list[object]:
    """A ticket that asks Samsung to remove a service."""
    kind = Ticket.Kind.SERVICE_REMOVAL
    draft = {"about": world.first, "services": [KnoxService.CONFIGURE]}
    found = Ticket.objects.filter(kind=kind).first() or opened(world.alice, kind=kind, own=world.aurora, **draft)
    return [found.pk]
