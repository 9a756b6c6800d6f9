"""Knox Manage: Samsung's own MDM. Users, groups, profiles on groups; devices enroll by an emailed invitation
(knox.md 6.4).
"""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Count, Q

from devices.models import Device
from services import codes, emails
from services.console import Action, Acts, Clock, Console, Event, Kind, State
from services.fields import OneThing, SomeThings
from services.models import Thing
from tenants.fields import Email, OneOf, Paragraphs, Phone, Tick, Words
from tenants.models import Customer, KnoxService

SCREEN_LOCKS = [
    ("none", "Nothing"),
    ("pattern", "A pattern"),
    ("pin4", "A PIN of 4 digits"),
    ("pin6", "A PIN of 6 digits"),
    ("password8", "A password of 8 signs"),
]
LOCKS_AFTER = [("1", "1 minute"), ("5", "5 minutes"), ("15", "15 minutes"), ("30", "30 minutes")]
MOST_APPS = 50
_PACKAGE = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+")


class Apps(Paragraphs):
    """One package name a line. Cleans to a list, and shows it as lines again."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        names = list(dict.fromkeys((super().clean(value) or "").split()))
        if len(names) > MOST_APPS:
            raise ValidationError(f"These are {len(names):,} apps. Use up to {MOST_APPS} in a profile.")
        for name in names:
            if not _PACKAGE.fullmatch(name):
                raise ValidationError(f"{name} is not the name of an app. It looks like com.example.app.")
        return names


class ProfileForm(forms.Form):
    screen_lock = OneOf("Screen lock, at least", SCREEN_LOCKS)
    locks_after = OneOf("Locks after", LOCKS_AFTER, initial="5")
    allow_camera = Tick("Allow the camera", required=False)
    allow_usb = Tick("Allow USB", required=False)
    allow_bluetooth = Tick("Allow Bluetooth", required=False)
    apps = Apps("Apps to install", longest=4000, required=False, hint="A package name each line.")


class UserForm(forms.Form):
    email = Email(hint="Invitations go there.")
    phone = Phone(required=False)
    department = Words("Department", required=False)


class GroupForm(forms.Form):
    profile = OneThing("Profile", "profile", hint="What the devices of the group get.")
    members = SomeThings("Members", "user")
    note = Words("Note", longest=200, required=False)


class InviteForm(forms.Form):
    user = OneThing("User", "user", hint="Gets the invitation by email and uses the devices.")


def counts(customer: Customer) -> tuple[int, int]:
    """The customer's verified devices in Knox Manage, and all its others; Samsung counts them apart. One query."""
    inside = Q(enrollments__service=KnoxService.MANAGE)
    own = Device.objects.filter(customer=customer, state=Device.State.VERIFIED)
    count = own.aggregate(all=Count("pk", distinct=True), inside=Count("pk", filter=inside, distinct=True))
    return count["inside"], count["all"] - count["inside"]


def _about(customer: Customer) -> list[tuple[str, str]]:
    inside, others = counts(customer)
    return [
        ("Tenant ID", customer.tenant_id),
        ("Devices in Knox Manage", f"{inside:,}"),
        ("Other devices", f"{others:,}"),
    ]


def _user(acts: Acts) -> Thing | None:
    own = Thing.objects.filter(customer=acts.customer, service=KnoxService.MANAGE, kind="user")
    return own.filter(pk=acts.params.get("user") or 0).first()


def _has_user(acts: Acts) -> str:
    return "" if _user(acts) else "Choose a user of this customer."


_USES = """
UPDATE services_enrollment SET facts = facts || jsonb_build_object('user', %s::text, 'email', %s::text)
 WHERE customer_id = %s AND service = %s AND device_id = ANY (%s)
"""


def _note_user(acts: Acts) -> None:
    """By name and email, so that it stays known when the user is deleted."""
    if user := _user(acts):
        with connection.cursor() as cursor:
            row = [user.name, user.settings["email"], acts.customer.pk, KnoxService.MANAGE, acts.devices]
            cursor.execute(_USES, row)


def _invite(acts: Acts) -> None:
    _note_user(acts)
    if user := _user(acts):
        code = codes.of(acts.customer, by=acts.by)
        emails.invitation(acts.customer, to=user, code=code, devices=len(acts.devices))


_PARTS = (
    ("Profile", ""),
    ("Screen lock", "screen_lock locks_after"),
    ("What people may use", "allow_camera allow_usb allow_bluetooth"),
    ("Apps", "apps"),
)
_WRONG = frozenset({"disconnected", "profile_not_applied", "screen_lock"})
_IN = frozenset({"enrolled", "applying"}) | _WRONG
_ANY = _IN | {"invited", "locked", "license_expired"}

CONSOLE = Console(
    service=KnoxService.MANAGE,
    slug="knox-manage",
    says="Manages devices, apps and rules of the people of a company.",
    states=(
        State("not_enrolled", "Not enrolled"),
        State("invited", "Invited", "wait"),
        State("enrolled", "Enrolled", "ok"),
        State("applying", "Profile assigned", "wait"),
        State("disconnected", "Disconnected", "bad", "Ask the user to bring the device online."),
        State("profile_not_applied", "Profile not applied", "bad", "Apply the profile again."),
        State("screen_lock", "Screen lock not compliant", "bad", "Ask the user to set a longer screen lock."),
        State("locked", "Locked", "warn"),
        State("license_expired", "License expired", "bad", "Enter a license key, then invite again."),
    ),
    actions=(
        Action(
            "invite", "Invite to enroll", "The user gets an email with the code that enrolls the devices.",
            frozenset({"not_enrolled", "invited", "license_expired"}), now="invited", done="enrolled",
            form=InviteForm, brings="group", seat="take", check=_has_user, then=_invite,
        ),
        Action(
            "assign", "Assign group", "The devices get the profile of the group.", _IN, now="applying",
            done="enrolled", failed="profile_not_applied", assigns="group",
        ),
        Action(
            "push", "Apply profile again", "The devices get the newest version of their group's profile.", _IN,
            now="applying", done="enrolled", failed="profile_not_applied",
        ),
        Action("user", "Change user", "Somebody else uses the devices. Nobody gets an email.", _ANY, form=InviteForm,
               check=_has_user, then=_note_user),
        Action("lock", "Lock", "Nobody can use the devices until you unlock them.", _IN, done="locked", danger=True),
        Action("unlock", "Unlock", "The devices can be used again.", frozenset({"locked"}), done="enrolled"),
        Action("reboot", "Restart", "The devices restart within a minute.", _IN, sends=True),
        Action(
            "reset", "Factory reset", "Everything on the devices is erased. Nobody can bring it back.",
            _IN | {"locked"}, done="invited", danger=True, wipes=True,
        ),
        Action(
            "unenroll", "Unenroll", "The devices leave Knox Manage, lose its profiles and free their seats.", _ANY,
            now="not_enrolled", clears=True, seat="free",
        ),
    ),
    kinds=(
        Kind("group", "Group", "Groups", GroupForm, pushes="push",
             empty="A group gives its devices a profile. Policies apply to groups."),
        Kind("profile", "Profile", "Profiles", ProfileForm, parts=_PARTS, is_assigned=False, is_copied=True,
             empty="A profile says what devices may do. Groups bring it to devices."),
        Kind("user", "User", "Users", UserForm, is_assigned=False,
             empty="A user is invited by email and uses devices."),
    ),
    clocks=(
        Clock(frozenset({"enrolled", "applying", "profile_not_applied", "screen_lock"}), "disconnected",
              setting="manage_silent_days", silent=True),
    ),
    events=(
        Event("profile_removed", frozenset({"enrolled", "applying"}), "profile_not_applied"),
        Event("profile_applied", frozenset({"profile_not_applied"}), "enrolled"),
        Event("screen_lock_weak", frozenset({"enrolled", "applying"}), "screen_lock"),
        Event("screen_lock_set", frozenset({"screen_lock"}), "enrolled"),
    ),
    unlicensed="license_expired",
    about=_about,
    columns=(("user", "User"),),
)  # fmt: skip
