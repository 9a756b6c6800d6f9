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
from support.models import Deletion, Ticket
from support.tickets import Wish
from tenants.models import Customer
from tests.mail.letters import letters
from tests.world import World


def kim() -> User:
    """The second Samsung admin."""
    return samsung_admins.appoint("kim@samsung.example", first_name="Kim", last_name="Lee")


def opened(by: User, **more: Any) -> Ticket:
    """A ticket of Aurora, unless told otherwise."""
    told = {"kind": Ticket.Kind.QUESTION, "subject": "Where is the invoice", "text": "I looked everywhere."}
    files = more.pop("files", ())
    with acting_as(by):
        return tickets.open_ticket(Wish(**(told | more)), files=files, by=by)


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
