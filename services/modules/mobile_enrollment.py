"""Knox Mobile Enrollment: devices find their MDM by themselves when they start (knox.md 6.2).

Basic profiles are free; an Advanced one needs a seat of Knox Suite for each device.
"""

from collections.abc import Mapping
from typing import Any

from django import forms

from services.console import Action, Console, Event, Kind, State
from services.fields import JsonObject, SafeAddress
from tenants.fields import OneOf, Tick, Words
from tenants.models import KnoxService

BASIC, ADVANCED = "basic", "advanced"
TYPES = [(BASIC, "Android Enterprise"), (ADVANCED, "Android Enterprise Advanced")]
OTHER = "other"
MDMS = [
    ("knox_manage", "Samsung Knox Manage"),
    ("intune", "Microsoft Intune"),
    ("workspace_one", "Omnissa Workspace ONE"),
    ("mobicontrol", "SOTI MobiControl"),
    ("ivanti", "Ivanti Neurons for MDM"),
    ("maas360", "IBM MaaS360"),
    ("suremdm", "42Gears SureMDM"),
    (OTHER, "Another MDM"),
]


class ProfileForm(forms.Form):
    type = OneOf("Profile type", TYPES, hint="Advanced needs a seat of Knox Suite for each device.")
    mdm = OneOf("MDM", MDMS)
    agent_address = SafeAddress("Agent address", hint="Where devices get the MDM agent (APK). Needed for another MDM.")
    custom_json = JsonObject(
        "Custom JSON", longest=4000, required=False, hint="What the MDM agent is told at its first start."
    )
    company = Words("Company name", required=False, hint="Shown while the device enrolls.")
    system_apps = Tick("Keep all system apps", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("mdm") == OTHER and not cleaned.get("agent_address") and not self.errors.get("agent_address"):
            self.add_error("agent_address", "Enter where devices get the agent of this MDM.")
        return cleaned


class UserForm(forms.Form):
    user_id = Words("User ID", required=False, hint="With which the person signs in to the MDM. Empty takes it away.")
    password = Words(
        "Password", required=False, longest=100, hint="The device gives it to the MDM. We forget it when it has it.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("password") and not cleaned.get("user_id") and not self.errors.get("user_id"):
            self.add_error("user_id", "Enter whose password this is.")
        return cleaned


def _type_stays(new: Mapping[str, Any], old: Mapping[str, Any] | None) -> str:
    if old and new["type"] != old["type"]:
        return "The profile type cannot change, because Advanced needs seats. Add another profile."
    return ""


_PARTS = (
    ("Profile", "type"),
    ("MDM", "mdm agent_address custom_json"),
    ("On the device", "company system_apps"),
)
_THERE = frozenset({"provisioned", "provision_restricted"})
_WRONG = frozenset({"failed_to_assign", "cancelled_by_user", "failed_to_provision", "license_expired"})
_WITH_PROFILE = _THERE | _WRONG | {"profile_assigned"}

CONSOLE = Console(
    service=KnoxService.MOBILE_ENROLLMENT,
    slug="knox-mobile-enrollment",
    says="Enrolls devices in their MDM by themselves, also after a factory reset.",
    states=(
        State("unassigned", "Unassigned"),
        State("failed_to_assign", "Failed to assign", "bad", "Choose a profile that fits the device, and assign it."),
        State("profile_assigned", "Profile assigned", "wait"),
        State("cancelled_by_user", "Cancelled by user", "bad", "Ask the user to start the device anew."),
        State("failed_to_provision", "Failed to provision", "bad", "Check the agent address, then assign again."),
        State("provisioned", "Provisioned", "ok"),
        State("provision_restricted", "Provision (restricted)", "warn", "Finish the enrollment in the MDM."),
        State("license_expired", "License expired", "bad", "Enter a key of Knox Suite, or assign a basic profile."),
    ),
    actions=(
        Action(
            "assign", "Assign profile", "The devices enroll in the MDM of the profile when they start the next time.",
            _WITH_PROFILE | {"unassigned"}, now="profile_assigned", done="provisioned", failed="failed_to_provision",
            assigns="profile", seat="take",
        ),
        Action(
            "clear", "Clear profile", "The devices start without an MDM from now on. What is enrolled stays enrolled.",
            _WITH_PROFILE, now="unassigned", clears=True, seat="free",
        ),
        Action(
            "push", "Update profile", "The devices get the newest version of their profile.",
            _THERE | {"profile_assigned"}, now="profile_assigned", done="provisioned", failed="failed_to_provision",
        ),
        Action("user", "Set device user", "The MDM knows by it whose device this is, and signs the person in.",
               _WITH_PROFILE, form=UserForm, keeps=("user_id",), sends=True),
    ),
    kinds=(
        Kind(
            "profile", "Profile", "Profiles", ProfileForm, parts=_PARTS, pushes="push", is_copied=True,
            shown=("type", "mdm"), kept=("company",), seat_if={"type": ADVANCED}, check=_type_stays,
            empty="A profile says in which MDM devices enroll.",
        ),
    ),
    events=(
        Event("not_assigned", frozenset({"profile_assigned"}), "failed_to_assign"),
        Event("cancelled", frozenset({"profile_assigned"}), "cancelled_by_user"),
        Event("restricted", frozenset({"profile_assigned", "provisioned"}), "provision_restricted"),
        Event("provisioned", frozenset({"provision_restricted", "cancelled_by_user"}), "provisioned"),
    ),
    unlicensed="license_expired",
    columns=(("user_id", "User ID"),),
)  # fmt: skip
