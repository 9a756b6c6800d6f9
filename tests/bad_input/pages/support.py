"""Forms of tickets and of deletions."""

from collections.abc import Callable

from django.urls import reverse

from accounts.acting import acting_as, as_operator
from support import deletions, tickets
from support.models import Ticket
from support.pages.ticket_forms import AssignForm as AssignTicketForm
from support.pages.ticket_forms import ConfirmForm, DeletionForm, ReasonForm, ReplyForm, TicketForm
from tests.bad_input.pages.page import Page
from tests.support import ground as support
from tests.world import World


def _taken_on(world: World) -> list[object]:
    """The ticket, which Kim looks after."""
    (number,) = support.own_ticket(world)
    with acting_as(world.sam), as_operator():
        tickets.assign(Ticket.objects.get(pk=number), to=support.kim(), by=world.sam)
    return [number]


def _ticket(route: str, args: Callable[[World], list[object]]) -> Callable[[World], str]:
    """The address of a form about a ticket, which Alice opened."""

    def url(world: World) -> str:
        with acting_as(world.alice):
            return reverse(route, args=args(world))

    return url


def _started(world: World) -> list[object]:
    """A deletion that waits for its second person: Sam, as Kim started it."""
    kim, deletion = support.kim(), support.asked(world)
    with acting_as(kim), as_operator():
        deletions.start(deletion, by=kim)
    return [deletion.ticket_id]


_TO_TICKET = {"shows": lambda url: url.rsplit("/", 2)[0] + "/"}
OPEN_TICKET = Page(
    "open a ticket",
    TicketForm,
    lambda world: reverse("ticket-new"),
    {"kind": "question", "subject": "MSP Portal stays closed", "text": "I press LAUNCH and stay where I am."},
    "nora",
    hidden={"customer", "services", "person_email", "attached", "page", "number", "organization"},
)
REPLY = Page(
    "reply",
    ReplyForm,
    _ticket("ticket-reply", support.own_ticket),
    {"text": "It is open again."},
    "alice",
    hidden={"attached"},
    **_TO_TICKET,
)
ANSWER = Page(
    "answer",
    ReplyForm,
    _ticket("samsung-ticket-answer", support.own_ticket),
    {"text": "Try again."},
    "sam",
    hidden={"attached"},
    **_TO_TICKET,
)
ASSIGN = Page(
    "assign",
    AssignTicketForm,
    _ticket("samsung-ticket-assign", _taken_on),
    {},
    "sam",
    fresh={"to": lambda world: world.sam.pk},
    optional=True,
    **_TO_TICKET,
)
ASK_DELETION = Page(
    "ask for deletion",
    DeletionForm,
    lambda world: reverse("deletion-ask", args=[world.first.kcs_id]),
    {"reason": "It closed down."},
    "alice",
    needed={"typed": "Type Fjordline Freight exactly as shown, so that you do not change another customer."},
    fresh={"typed": lambda world: world.first.name},
)
REJECT_DELETION = Page(
    "reject deletion",
    ReasonForm,
    _ticket("samsung-deletion-reject", support.to_delete),
    {"reason": "It is not yours."},
    "sam",
    **_TO_TICKET,
)
PAGES = [OPEN_TICKET, REPLY, ANSWER, ASSIGN, ASK_DELETION, REJECT_DELETION]
# The second person is asked for the password first (tests/support/test_deletion_pages.py).
APPROVE_DELETION = Page("approve deletion", ConfirmForm, _ticket("samsung-deletion-approve", _started), {}, "sam")
SPECIAL = [APPROVE_DELETION]
