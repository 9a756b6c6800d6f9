"""The demo's tickets: a question that was answered, one that waits, and a deletion that Samsung has to decide."""

from typing import Any

from accounts.acting import acting_as, as_operator
from accounts.models import User
from support import deletions, tickets
from support.models import Ticket
from support.tickets import Draft
from tenants.models import Customer, Msp, Reseller

Kind = Ticket.Kind


def load(people: dict[str, User], *, aurora: Msp, reseller: Reseller, managed: list[Customer]) -> None:
    """`people` by first name: Alice asks for Aurora, Rita for her company, Sam answers."""
    alice, rita, sam = people["alice"], people["rita"], people["sam"]
    by_name = {customer.name: customer for customer in managed}
    answered = _open(
        alice,
        kind=Kind.DEVICE,
        subject="A phone does not take its profile",
        text="Galaxy A36, Android 16. It enrolled this morning and still shows no profile after three restarts.",
        own=aurora,
        about=by_name["Fjordline Freight"],
    )
    with acting_as(sam), as_operator():
        tickets.assign(answered, to=sam, by=sam)
        text = "Does it say that it waits for Wi-Fi? Send a picture of the screen, then we see more."
        tickets.answer(answered, text=text, by=sam)
    question = "Is there a report of what we uploaded in the whole year?"
    _open(rita, kind=Kind.QUESTION, subject="Report of a year", text=question, own=reseller)
    with acting_as(alice):
        closed = by_name["Zuiderzee Waterbeheer"]
        deletions.ask(closed, reason="The company merged with another and closed down.", own=aurora, by=alice)


def _open(by: User, **draft: Any) -> Ticket:
    with acting_as(by):
        return tickets.open_ticket(Draft(**draft), by=by)
