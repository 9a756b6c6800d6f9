"""Knox Asset Intelligence: where devices are and how they do. The seventh service, which the tests add to a copy."""

from datetime import timedelta

from django import forms

from services.console import Action, Clock, Console, Event, Kind, State
from tenants.fields import Words
from tenants.models import KnoxService


class GroupForm(forms.Form):
    region = Words("Region", longest=60)


CONSOLE = Console(
    service=KnoxService.ASSET_INTELLIGENCE,
    slug="knox-asset-intelligence",
    says="Shows how devices do: battery, network, crashes.",
    states=(
        State("not_enrolled", "Not enrolled"),
        State("active", "Active", "ok"),
        State("inactive", "Inactive", "bad", "Ask the user to switch the device on."),
    ),
    actions=(
        Action(
            "enroll", "Enroll", "The devices report how they do.", frozenset({"not_enrolled"}), now="active",
            assigns="group", sends=True,
        ),
        Action(
            "find", "Find device", "The devices ring for a minute.", frozenset({"active"}), sends=True, danger=True
        ),
        Action(
            "unenroll", "Unenroll", "The devices report nothing more.", frozenset({"active", "inactive"}),
            now="not_enrolled", clears=True,
        ),
    ),
    kinds=(Kind("group", "Group", "Groups", GroupForm, empty="A group says where its devices are."),),
    clocks=(Clock(frozenset({"active"}), "inactive", after=timedelta(days=7), silent=True),),
    events=(Event("woke", frozenset({"inactive"}), "active"),),
)  # fmt: skip
