"""The rows that forms write: all of them, and the newest one."""

from typing import Any

from post_office.models import Email

from accounts.acting import as_operator
from accounts.models import User
from audit.models import Event
from licensing.models import License, Order
from onboarding.models import Application, Invitation
from support.models import Deletion, Message, Ticket
from tenants.models import Customer, CustomerService, Management, Membership, Role
from tests.bad_input.pages.onboarding import ADD, EDIT
from tests.bad_input.pages.page import Page
from tests.world import World

MODELS = (Application, Customer, CustomerService, Management, Membership, Role, Invitation, User, Email, Event)
MODELS += (License, Order, Ticket, Message, Deletion)


def everything() -> list[dict[str, Any]]:
    """All rows that a form could write."""
    with as_operator():
        rows = [row for model in MODELS for row in model.objects.order_by("pk").values()]
    # Looking at a page opens its portal, which stands on the person's row (FAQ Q14).
    return [{name: value for name, value in row.items() if not name.startswith("open_")} for row in rows]


def newest(at: Page, world: World) -> Any:
    """What the page wrote."""
    with as_operator():
        if at == EDIT:
            return Customer.objects.get(pk=world.first.pk)
        return (Customer.objects if at == ADD else Application.objects).latest("added_at" if at == ADD else "sent_at")
