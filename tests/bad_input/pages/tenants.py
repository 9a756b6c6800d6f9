"""Forms about the people of an organization and their roles."""

from django.urls import reverse

from accounts.acting import as_operator
from tenants.pages.people_forms import InviteForm, RoleForm
from tests.bad_input.pages.page import PIA, Page
from tests.world import World


def _viewer(world: World) -> str:
    with as_operator():
        return str(world.aurora.roles.get(name="Viewer").pk)


INVITE = Page(
    "invite administrator",
    InviteForm,
    lambda world: reverse("administrator-invite"),
    {name: PIA[name] for name in ("first_name", "last_name", "email")} | {"scope": "all"},
    "alice",
    {"customers"},
    fresh={"role": _viewer},
)
ROLE = Page(
    "add role",
    RoleForm,
    lambda world: reverse("role-add"),
    {"name": "Help desk", "description": "Answers the phone.", "rights": ["view_customer"]},
    "alice",
    needed={"rights": "Tick at least one right. Without one the person can see nothing."},
)
PAGES = [INVITE, ROLE]
