"""Applications as tests send, find and decide them."""

from typing import Any

from accounts.acting import acting_as, as_operator
from accounts.models import User
from audit.models import Event
from onboarding import applications
from onboarding.models import Application, Program
from tests.world import MSP_FIELDS, RESELLER_FIELDS

State = Application.State
STRANGER: dict[str, Any] = {"email": "Pia@Polaris.example ", "first_name": "Pia", "last_name": "Vogel"}


def submit(program: Program = Program.MSP, **fields: Any) -> Application:
    """Sent by Pia, who has no account, for Polaris."""
    base = MSP_FIELDS if program == Program.MSP else RESELLER_FIELDS
    return applications.submit(program, by=None, **({"company": "Polaris"} | base | STRANGER | fields))


def stored(**which: Any) -> list[Application]:
    with as_operator():
        return list(Application.objects.filter(**which).order_by("sent_at"))


def history(target: Any) -> list[tuple[str, str, str]]:
    with as_operator():
        return [(one.verb, one.actor_name, one.side) for one in Event.objects.about(target).order_by("pk")]


def approve(sent: Application, by: User) -> Any:
    with acting_as(by), as_operator():
        return applications.approve(sent, by=by)


def reject(sent: Application, by: User, reason: str = "The company is not in the register.") -> Application:
    with acting_as(by), as_operator():
        return applications.reject(sent, by=by, reason=reason)
