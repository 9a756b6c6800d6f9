"""Knox Configure: profiles that set up devices, once (Setup) or again and again (Dynamic) (knox.md 6.1)."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone

from services import seating
from services.console import Action, Acts, Console, Event, Kind, State
from services.models import Enrollment
from tenants.fields import Email, OneOf, Paragraphs, Phone, Tick, Words
from tenants.models import KnoxService

SETUP, DYNAMIC = "setup", "dynamic"
EDITIONS = [(SETUP, "Setup edition: applied once"), (DYNAMIC, "Dynamic edition: can be updated")]
KNOX_VERSIONS = [(one, f"Knox {one}") for one in ("3.7", "3.8", "3.9", "3.10", "3.11", "3.12")]


class ProfileForm(forms.Form):
    edition = OneOf("Profile type", EDITIONS, widget=forms.RadioSelect)
    knox_version = OneOf("Knox version", KNOX_VERSIONS, initial="3.12")
    wallpaper = Words("Text on the lock screen", longest=120, required=False)
    allow_usb = Tick("Allow USB", required=False)
    allow_camera = Tick("Allow the camera", required=False, initial=True)
    support_email = Email("Support email", required=False)
    support_phone = Phone("Support phone", required=False)
    company = Words("Company name", longest=100, required=False)
    routines = Paragraphs(
        "Routines", longest=2000, required=False, hint="What devices do by themselves, a line each. Never copied."
    )


def _edition_stays(new: Mapping[str, Any], old: Mapping[str, Any] | None) -> str:
    if old and new["edition"] != old["edition"]:
        return "The profile type cannot change. Add another profile."
    return ""


def _updatable(acts: Acts) -> str:
    own = Enrollment.objects.of(acts.customer, KnoxService.CONFIGURE).filter(device__in=acts.devices)
    once = own.filter(thing__settings__edition=SETUP).select_related("thing").order_by("device").first()
    if once is None:
        return ""
    return f"{once.thing} is of the Setup edition, which is applied once. Assign it again to the devices that have it."


def _in_grace(acts: Acts) -> str:
    """In the days of grace nothing reaches the devices (knox.md 5.4)."""
    held = seating.of(CONSOLE).filter(customer=acts.customer, device__in=acts.devices)
    seat = held.exclude(seating.runs(timezone.now())).select_related("device", "license").order_by("device").first()
    if seat is None:
        return ""
    return (
        f"{seat.license} of {seat.device} has ended. Make it longer, or enter a new key and move the devices. "
        "Nothing changed."
    )


_PARTS = (
    ("Profile", "knox_version edition"),
    ("On the device", "wallpaper routines allow_usb allow_camera"),
    ("Support for the user", "support_email support_phone company"),
)
_WORKS = frozenset({"configured", "updates_pushed", "error"})

CONSOLE = Console(
    service=KnoxService.CONFIGURE,
    slug="knox-configure",
    says="Sets devices up for their purpose, from the first start on.",
    states=(
        State("unassigned", "Unassigned"),
        State("profile_assigned", "Profile assigned", "wait"),
        State("in_progress", "In progress", "wait"),
        State("configured", "Configured", "ok"),
        State("updates_pushed", "Updates pushed", "wait"),
        State("cancelled_by_user", "Cancelled by user", "bad", "Assign the profile again, or ask the user why."),
        State("failed_to_configure", "Failed to configure", "bad", "Restart the device, then assign again."),
        State("error", "Error", "bad", "Push the profile, or assign it again."),
        State("locked", "Locked", "warn"),
        State("deactivated", "Deactivated temporarily", "warn",
              "Make the license longer, or enter a new key and move the devices."),
    ),
    actions=(
        Action(
            "assign", "Assign profile", "The devices get the profile when they start the next time.",
            frozenset({"unassigned", "profile_assigned", "in_progress", "configured", "cancelled_by_user",
                       "failed_to_configure", "error"}),
            now="profile_assigned", done="configured", failed="failed_to_configure", assigns="profile", seat="take",
        ),
        Action(
            "unassign", "Unassign profile",
            "The devices leave Knox Configure and free their seats. Locked ones stay locked: unlock them first.",
            frozenset({"profile_assigned", "in_progress", "configured", "updates_pushed", "cancelled_by_user",
                       "failed_to_configure", "error", "deactivated"}),
            now="unassigned", clears=True, seat="free",
        ),
        Action(
            "push", "Push update", "The devices get the newest version of their profile.", _WORKS,
            now="updates_pushed", done="configured", failed="error", check=_updatable,
        ),
        Action("lock", "Lock", "Nobody can use the devices until you unlock them.", _WORKS, done="locked",
               danger=True),
        Action("unlock", "Unlock", "The devices can be used again.", frozenset({"locked"}), done="configured",
               seat="take", check=_in_grace),
        Action("reboot", "Restart", "The devices restart within a minute.", _WORKS, sends=True),
        Action(
            "reset", "Factory reset", "Everything on the devices is erased. Nobody can bring it back.",
            _WORKS | {"locked", "failed_to_configure"}, done="profile_assigned", danger=True,
            wipes=True, seat="take", check=_in_grace,
        ),
    ),
    kinds=(
        Kind(
            "profile", "Profile", "Profiles", ProfileForm, parts=_PARTS, pushes="push", is_copied=True,
            shown=("edition", "knox_version"), kept=("support_email", "support_phone", "company"),
            never_copied=("routines",), check=_edition_stays,
            empty="A profile says how to set up devices.",
        ),
    ),
    clocks=(),
    events=(
        Event("started", frozenset({"profile_assigned"}), "in_progress"),
        Event("cancelled", frozenset({"profile_assigned", "in_progress"}), "cancelled_by_user"),
        Event("error", frozenset({"configured", "updates_pushed"}), "error"),
    ),
    unlicensed="unassigned",
    seatless=frozenset({"locked"}),  # "Locked stays locked": without a seat it could not be unlocked any more
    grace="deactivated",
)  # fmt: skip
