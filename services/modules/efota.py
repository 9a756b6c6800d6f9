"""Knox E-FOTA: which firmware devices get, and when (knox.md 6.3). A device takes its seat when it enrolls."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from services.console import Action, Clock, Console, End, Event, Kind, State
from tenants.fields import OneOf, Paragraphs, Tick
from tenants.models import KnoxService

HOURS = [(f"{hour:02}:00", f"{hour:02}:00") for hour in range(25)]
ANY, SAME, CUSTOM = "any", "same", "custom"
DOWNLOADS = [(ANY, "Any time"), (SAME, "Same as install"), (CUSTOM, "Custom")]
LATEST = "latest"
MOST_LINES = 100
_LINE = re.compile(r"(SM-[A-Z0-9]{3,12}), ?([A-Z0-9]{3}), ?([A-Z0-9]{10,20}|LATEST)")


class Day(forms.DateField):
    def __init__(self, label: str, *, required: bool = True, hint: str = "") -> None:
        super().__init__(
            label=label, required=required, help_text=hint,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), input_formats=["%Y-%m-%d"],
        )  # fmt: skip
        self.error_messages |= {"required": f"Enter {label.lower()}.", "invalid": "A day looks like 2026-11-24."}


class Firmware(Paragraphs):
    """One line for each device model and sales code. Cleans to a list of objects, and shows them as lines again."""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(f"{one['model']}, {one['sales_code']}, {one['version']}" for one in value)

    def clean(self, value: Any) -> Any:
        lines = [line for raw in super().clean(value).split("\n") if (line := " ".join(raw.upper().split()))]
        if len(lines) > MOST_LINES:
            raise ValidationError(f"This has {len(lines):,} lines. Use up to {MOST_LINES} in a campaign.")
        read: dict[tuple[str, str], str] = {}
        for number, line in enumerate(lines, start=1):
            self._read(read, number, line)
        return [
            {"model": model, "sales_code": code, "version": version.lower() if version == LATEST.upper() else version}
            for (model, code), version in read.items()
        ]

    def _read(self, read: dict[tuple[str, str], str], number: int, line: str) -> None:
        found = _LINE.fullmatch(line)
        if not found:
            raise ValidationError(
                f"Line {number}: write device model, sales code and firmware version with commas, as in "
                "SM-S921B, EUX, S921BXXS4AXK1. For the newest version write latest."
            )
        model, code, version = found.groups()
        if (model, code) in read:
            raise ValidationError(f"Line {number}: {model} with {code} stands above already. Keep one of them.")
        read[model, code] = version


class CampaignForm(forms.Form):
    description = Paragraphs("Description", longest=400, required=False)
    starts = Day("First day", hint="In UTC.")
    ends = Day("Last day", required=False, hint="In UTC, the day included. Empty: until you cancel it.")
    install_from = OneOf("Install from", HOURS[:-1], initial="00:00", hint="In the local time of each device.")
    install_to = OneOf("Install until", HOURS[1:], initial="24:00")
    weekend = Tick("Install any time at weekends", required=False)
    download = OneOf("Download", DOWNLOADS, initial=ANY)
    download_from = OneOf("Download from", HOURS[:-1], required=False, hint="For a custom time.")
    download_to = OneOf("Download until", HOURS[1:], required=False)
    reminder = Tick("Remind people before the installation", required=False)
    firmware = Firmware(
        "Firmware", longest=6000,
        hint="A line each: device model, sales code, firmware version or latest. Other devices stay as they are.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._check_days(cleaned.get("starts"), cleaned.get("ends"))
        self._check_window("install", cleaned)
        if cleaned.get("download") == CUSTOM:
            self._check_window("download", cleaned)
        else:
            cleaned["download_from"] = cleaned["download_to"] = ""
        ends = cleaned.get("ends")
        # The instant at which the clock takes devices out (console.Clock.until): the start of the next day.
        cleaned["until"] = _midnight(ends + timedelta(days=1)).isoformat() if ends else None
        return cleaned

    def _check_days(self, starts: date | None, ends: date | None) -> None:
        if ends and ends >= date.max - timedelta(days=1):
            self.add_error("ends", "This day is too far away. Leave it empty instead.")
        if starts and ends and ends < starts:
            self.add_error("ends", "The last day is before the first. Choose a later one.")

    def _check_window(self, name: str, cleaned: Mapping[str, Any]) -> None:
        """A window may reach over midnight, but it has to have a length."""
        start, stop = cleaned.get(f"{name}_from"), cleaned.get(f"{name}_to")
        for end, value in (("from", start), ("to", stop)):
            if not value and f"{name}_{end}" not in self.errors:
                self.add_error(f"{name}_{end}", "Choose a time.")
        if start and start == stop:
            self.add_error(f"{name}_to", "This window has no time in it. Choose another hour.")


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def state(settings: Mapping[str, Any]) -> str:
    """Scheduled before its first day, expired after its last, else active. Cancelled is what a person made it."""
    today = timezone.now().astimezone(UTC).date().isoformat()
    if settings["ends"] and settings["ends"] < today:
        return "expired"
    return "scheduled" if settings["starts"] > today else "active"


def _days_make_sense(new: Mapping[str, Any], old: Mapping[str, Any] | None) -> str:
    if state(new) == "expired":
        return "The last day has passed. Choose a later one."
    if old and state(old) == "active" and new["starts"] != old["starts"]:
        return "The campaign runs already, so its first day stays. Change the last day, or cancel it."
    return ""


_PARTS = (
    ("Campaign", "description"),
    ("Period", "starts ends"),
    ("Installation", "install_from install_to weekend reminder"),
    ("Download", "download download_from download_to"),
    ("Firmware", "firmware"),
)
_UNDER_WAY = frozenset({"awaiting_download", "downloading", "awaiting_install", "installing", "reverting"})
_STOPPED = frozenset({"failed_to_download", "failed_to_install", "campaign_error", "invalid_firmware"})
_AT_REST = frozenset({"updated", "locked_firmware", "higher_firmware"})
_IN_CAMPAIGN = _UNDER_WAY | _STOPPED | _AT_REST
# A device that installs cannot be stopped; it reports how that ended.
_CAN_STOP = frozenset({"awaiting_download", "downloading", "awaiting_install"}) | _STOPPED

CONSOLE = Console(
    service=KnoxService.EFOTA,
    slug="knox-e-fota",
    says="Brings chosen firmware to devices, at times that suit the people who use them.",
    states=(
        State("not_enrolled", "Not enrolled"),
        State("client_not_enrolled", "Client not enrolled", "wait"),
        State("failed_to_enroll", "Failed to enroll", "bad", "Check that the device is online, then enroll it again."),
        State("enrolled", "Enrolled", "ok"),
        State("awaiting_download", "Awaiting download", "wait"),
        State("downloading", "In-progress (downloading)", "wait"),
        State("failed_to_download", "Failed to download", "bad", "Check its network and storage, then assign again."),
        State("awaiting_install", "Awaiting install", "wait"),
        State("installing", "In-progress (installing)", "wait"),
        State("failed_to_install", "Failed to install", "bad", "Charge the device, then assign the campaign again."),
        State("updated", "Updated", "ok"),
        State("locked_firmware", "Locked firmware version", "ok"),
        State("higher_firmware", "Higher firmware version", "warn"),
        State("invalid_firmware", "Invalid firmware version", "bad", "Name a version that exists for this model."),
        State("campaign_error", "Campaign error", "bad", "Look at the campaign's settings, then assign it again."),
        State("reverting", "Reverting", "wait"),
        State("invalid_license", "Invalid license", "bad", "Enter a license key, then enroll the devices again."),
    ),
    actions=(
        Action(
            "enroll", "Enroll", "The devices get the client of Knox E-FOTA, and each uses a seat.",
            frozenset({"not_enrolled", "failed_to_enroll", "invalid_license"}), now="client_not_enrolled",
            done="enrolled", failed="failed_to_enroll", seat="take",
        ),
        Action(
            "assign", "Assign campaign", "The devices get the firmware of the campaign, in its period and windows.",
            _IN_CAMPAIGN - {"installing", "reverting"} | {"enrolled"}, now="awaiting_download", done="updated",
            failed="failed_to_install", assigns="campaign",
        ),
        Action(
            "unassign", "Unassign campaign", "The devices stay enrolled and get no firmware from the campaign.",
            # Also those that are left behind by a campaign that ended: only then can it be deleted.
            _IN_CAMPAIGN - {"installing", "reverting"} | {"enrolled"}, now="enrolled", clears=True,
        ),
        Action(
            "unenroll", "Unenroll", "The devices leave Knox E-FOTA and free their seats.",
            _IN_CAMPAIGN | {"client_not_enrolled", "failed_to_enroll", "enrolled", "invalid_license"},
            now="not_enrolled", clears=True, seat="free",
        ),
    ),
    kinds=(
        Kind(
            "campaign", "Campaign", "Campaigns", CampaignForm, parts=_PARTS, state=state, check=_days_make_sense,
            end=End("Cancel campaign", "It cannot start again. Devices that install already finish that.", _CAN_STOP,
                    "enrolled"),
            empty="A campaign says which software its devices get, and when.",
        ),
    ),
    clocks=(Clock(_CAN_STOP, "enrolled", until="until"),),
    events=(
        Event("started", frozenset({"awaiting_download", "failed_to_download"}), "downloading"),
        Event("downloaded", frozenset({"awaiting_download", "downloading"}), "awaiting_install"),
        Event("installing", frozenset({"awaiting_install", "failed_to_install"}), "installing"),
        Event("download_failed", frozenset({"awaiting_download", "downloading"}), "failed_to_download"),
        Event("firmware_locked", frozenset({"updated", "enrolled"}), "locked_firmware"),
        Event("firmware_higher", frozenset({"awaiting_download", "updated"}), "higher_firmware"),
        Event("firmware_invalid", frozenset({"awaiting_download", "downloading"}), "invalid_firmware"),
        Event("campaign_error", _UNDER_WAY, "campaign_error"),
        Event("reverting", frozenset({"installing", "updated"}), "reverting"),
        Event("reverted", frozenset({"reverting"}), "enrolled"),
    ),
    unlicensed="invalid_license",
    reports=("firmware", "sales_code"),
    columns=(("firmware", "Firmware"), ("sales_code", "Sales code")),
)  # fmt: skip
