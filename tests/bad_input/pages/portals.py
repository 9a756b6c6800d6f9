"""Forms of a person's own settings, of alerts, of the own company, and of Samsung's page of an MSP."""

from collections.abc import Callable
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from portals.alert_forms import AssignForm, CommentForm, ReachForm, SnoozeForm
from portals.email_forms import EmailSettingsForm
from portals.forms import PreferencesForm, SupportForm
from portals.samsung_msps import SuspendForm
from tests.alerts import alarm
from tests.bad_input.pages.page import Page
from tests.world import World


def _alert(act: str) -> Callable[[World], str]:
    return lambda world: reverse("alert-act", args=[alarm.alert(world.first).pk, act])


def _its_page(url: str) -> str:
    return f"{url.rstrip('/').rpartition('/')[0]}/"


ALERTS = [
    Page("acknowledge", ReachForm, _alert("acknowledge"), {"reach": "one"}, "alice", shows=_its_page, optional=True),
    Page(
        "snooze",
        SnoozeForm,
        _alert("snooze"),
        {"choice": "day"},
        "alice",
        fresh={"until_day": lambda world: (timezone.localdate() + timedelta(days=9)).isoformat()},
        shows=_its_page,
    ),
    Page(
        "assign",
        AssignForm,
        lambda world: reverse("alert-act", args=[alarm.alert(world.first, assigned_to=world.tom).pk, "assign"]),
        {},
        "alice",
        fresh={"to": lambda world: world.alice.pk},
        shows=_its_page,
        optional=True,
    ),
    Page("comment", CommentForm, _alert("comment"), {"text": "On Monday."}, "alice", shows=_its_page),
]
PREFERENCES = Page(
    "preferences",
    PreferencesForm,
    lambda world: reverse("preferences"),
    {"time_zone": "Asia/Seoul", "theme": "dark"},
    "nora",
)
SUPPORT = Page(
    "support of the MSP",
    SupportForm,
    lambda world: reverse("msp-company"),
    {"support_phone": "+49301112222", "support_email": "desk@aurora.example"},
    "alice",
)
EMAIL_SETTINGS = Page(
    "email settings",
    EmailSettingsForm,
    lambda world: reverse("email-settings"),
    {"digest": "on", "hour": "18", "daily": ["devices_silent"], "at_once": ["seats_missing"], "letters": ["uploads"]},
    "alice",
    {"queue"},
)
SUSPEND_MSP = Page(
    "suspend MSP",
    SuspendForm,
    lambda world: reverse("samsung-msp-suspend", args=[world.aurora.public_id]),
    {"reason": "The register lists the company no more."},
    "sam",
    shows=lambda url: url.removesuffix("suspend/"),
)
PAGES = [*ALERTS, PREFERENCES, SUPPORT, EMAIL_SETTINGS, SUSPEND_MSP]
