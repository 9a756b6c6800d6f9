"""Knox Guard: devices that are paid for over time, and lock when a payment is overdue (knox.md 6.6).

A Normal tenant's devices work until they are locked. Those of a PAYG tenant start locked and work for paid periods.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from devices.models import Device
from licensing.license_forms import Number
from services.console import Action, Acts, Also, Clock, Console, Event, State, Swap
from services.models import Enrollment
from tenants import msps
from tenants.fields import Paragraphs, Phone, Words
from tenants.models import Customer, KnoxService, Msp

_OPERATOR = re.compile(r"[0-9]{5,6}")
NORMAL, PAYG = Customer.TenantType.NORMAL, Customer.TenantType.PAY_AS_YOU_GO


class AcceptForm(forms.Form):
    approval_id = Words(
        "Approval ID", longest=60, required=False,
        hint="Your reference for the bill of one device. Empty: the device's own number.",
    )  # fmt: skip


class ReasonForm(forms.Form):
    reason = Paragraphs("Reason", longest=400)


class MessageForm(forms.Form):
    message = Paragraphs("Message on the device", longest=400, hint="Says why it is locked and what to do.")
    phone = Phone("Phone to call", required=False)


class ReminderForm(forms.Form):
    message = Paragraphs("Message on the device", longest=400)


class OfflineForm(forms.Form):
    offline_days = Number("Days without a network", limit=365, required=False, hint="Empty: devices do not lock.")


class Operators(Paragraphs):
    """Numbers of mobile networks, one a line: country and network, as SIM cards carry them. Cleans to a list."""

    def clean(self, value: Any) -> Any:
        numbers = list(dict.fromkeys((super().clean(value) or "").split()))
        for number in numbers:
            if not _OPERATOR.fullmatch(number):
                raise ValidationError(f"{number} is not the number of a network. It has five or six digits: 26201.")
        return numbers


class SimForm(forms.Form):
    operators = Operators(
        "Networks", longest=400, required=False,
        hint="Devices work with SIM cards of these networks only. The country and network digits, a line each. Empty: "
        "with every SIM card.",
    )  # fmt: skip


class PaidUntil(forms.DateTimeField):
    """An instant to come, in the person's time zone."""

    wrong = "Enter a date and time to come. They look like 2026-11-24T18:00."
    last_year = 2100

    def __init__(self) -> None:
        super().__init__(
            label="Paid until",
            help_text="In your time zone. The devices lock again at this time, also without a network.",
            input_formats=["%Y-%m-%dT%H:%M"],
            widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        )
        self.error_messages |= {"required": self.wrong, "invalid": self.wrong}

    def clean(self, value: Any) -> datetime:
        typed: datetime = super().clean(value)
        if not (typed.year <= self.last_year and typed > timezone.now()):
            raise ValidationError(self.wrong)
        return typed


class PaidForm(forms.Form):
    paid_until = PaidUntil()


def _only(tenant_type: Customer.TenantType) -> Callable[[Customer], str]:
    def closed(customer: Customer) -> str:
        if _works_as(customer) == tenant_type:
            return ""
        has = Customer.TenantType(customer.tenant_type).label if customer.tenant_type else "no"
        return f"This is for the tenant type {tenant_type.label}. {customer} has the tenant type {has}."

    return closed


def _works_as(customer: Customer) -> str:
    """Devices of Enterprise and Insurance, which have no tenant type, work until they are locked."""
    return NORMAL if customer.guard_domain in Customer.WITHOUT_TYPE else customer.tenant_type


def _about(customer: Customer) -> list[tuple[str, str]]:
    """What was fixed when it was added, and whom the people of its devices reach (knox.md 6.6)."""
    support = [one for one in (customer.guard_phone, customer.guard_email) if one]
    return [
        *([("Domain", str(customer.get_guard_domain_display()))] if customer.guard_domain else []),
        *([("Tenant type", str(customer.get_tenant_type_display()))] if customer.tenant_type else []),
        *([("Support", ", ".join(support))] if support else []),
    ]


_NUMBER = """
UPDATE services_enrollment e
   SET facts = e.facts || jsonb_build_object('approval_id', coalesce(d.imei, d.meid, d.serial))
  FROM devices_device d
 WHERE d.id = e.device_id AND e.customer_id = %s AND e.service = 'KG' AND e.device_id = ANY (%s::bigint[])
   AND coalesce(e.facts->>'approval_id', '') = ''
"""


def _own_numbers(acts: Acts) -> str:
    """Why devices cannot have their own numbers as approval IDs: another device was given one of them by hand."""
    if acts.params.get("approval_id"):
        return ""
    devices = Device.objects.filter(pk__in=acts.devices)
    numbers = [str(one) for one in devices.only("imei", "meid", "serial")]
    others = Enrollment.objects.of(acts.customer, KnoxService.GUARD).exclude(device__in=acts.devices)
    taken = others.filter(facts__approval_id__in=numbers).exclude(state="pending").select_related("device").first()
    if taken is None:
        return ""
    return f"{taken.device} has the approval ID {taken.facts['approval_id']}. Accept that device alone, with another."


def _number(acts: Acts) -> None:
    """Devices without an approval ID get their own number as one."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER, [acts.customer.pk, acts.devices])


def obstacle(msp: Msp | None) -> str:
    return msps.guard_closed(msp) if msp else ""


_PAID = frozenset({"active", "reminder_on"})
# A device that is offline stays in these, so the next act is possible from them.
_ON_ITS_WAY = frozenset({"starting_reminder", "stopping_reminder", "unlocking"})
_OVERDUE = "Unlock it when it is paid."

CONSOLE = Console(
    service=KnoxService.GUARD,
    slug="knox-guard",
    says="Reminds of payments that are overdue and locks devices until they are paid.",
    states=(
        State("pending", "Pending"),
        State("activating", "Activating", "wait"),
        State("active", "Active", "ok"),
        State("starting_reminder", "Starting reminder", "wait"),
        State("reminder_on", "Reminder on", "warn"),
        State("stopping_reminder", "Stopping reminder", "wait"),
        State("locking", "Locking", "wait"),
        State("locked", "Locked", "warn", _OVERDUE),
        State("unlocking", "Unlocking", "wait"),
        State("completing", "Completing", "wait"),
        State("completed", "Completed"),
        State("rejected", "Rejected"),
        State("resetting", "Resetting", "wait"),
        State("exchanging", "Exchanging", "wait"),
    ),
    actions=(
        Action(
            "accept", "Accept", "Knox Guard starts on the devices when they start the next time.",
            frozenset({"pending"}), now="activating", done="active", form=AcceptForm, keeps=("approval_id",),
            seat="take", unique="approval_id", check=_own_numbers, then=_number, closed=_only(NORMAL),
        ),
        Action(
            "accept_payg", "Accept", "The devices start locked. Each paid period opens them.",
            frozenset({"pending"}), now="activating", done="locked", form=AcceptForm, keeps=("approval_id",),
            seat="take", unique="approval_id", check=_own_numbers, then=_number, closed=_only(PAYG),
        ),
        Action(
            "reject", "Reject", "The devices do not come into Knox Guard.", frozenset({"pending"}), now="rejected",
            form=ReasonForm, keeps=("reason",),
        ),
        Action(
            "remind", "Start reminder", "The devices show the message again and again.",
            frozenset({"active", "stopping_reminder"}), now="starting_reminder", done="reminder_on", failed="active",
            form=ReminderForm, keeps=("message",), closed=_only(NORMAL),
        ),
        Action(
            "stop_reminder", "Stop reminder", "The devices show the message no more.",
            frozenset({"starting_reminder", "reminder_on"}), now="stopping_reminder", done="active",
            failed="reminder_on", closed=_only(NORMAL),
        ),
        Action(
            "lock", "Lock", "Nobody can use the devices until you unlock them.", _PAID | _ON_ITS_WAY, now="locking",
            done="locked", failed="active", form=MessageForm, keeps=("message", "phone"), danger=True,
        ),
        Action(
            "message", "Update message", "The locked devices show another message.", frozenset({"locked"}),
            form=MessageForm, keeps=("message", "phone"), sends=True,
        ),
        Action(
            "offline", "Set offline lock", "Devices that are so long without a network lock by themselves, until they "
            "are online again.", _PAID, form=OfflineForm, keeps=("offline_days",), sends=True, closed=_only(NORMAL),
        ),
        Action(
            "sim", "Set SIM control", "The devices work with SIM cards of the named networks only.",
            _PAID | {"locked"}, form=SimForm, keeps=("operators",), sends=True,
        ),
        Action(
            "wipe", "Factory reset", "Everything on the devices is erased. They stay in Knox Guard.",
            _PAID | {"locked"}, sends=True, wipes=True, danger=True,
        ),
        Action(
            "unlock", "Unlock", "The devices can be used again.", frozenset({"locking", "locked"}), now="unlocking",
            done="active", failed="locked", closed=_only(NORMAL),
        ),
        Action(
            "pay", "Unlock for a paid period", "The devices can be used until then, and lock by themselves.",
            frozenset({"locking", "locked", "unlocking", "active"}), now="unlocking", done="active", failed="locked",
            form=PaidForm, keeps=("paid_until",), closed=_only(PAYG),
        ),
        Action(
            "complete", "Complete", "Knox Guard leaves the devices after {days}. Until then you can cancel.", _PAID,
            now="completing", sends=True, leaves=True, closed=_only(NORMAL), danger=True,
        ),
        Action(
            "complete_payg", "Complete", "Knox Guard leaves the devices after {days}. Until then you can cancel.",
            frozenset({"active", "locked"}), now="completing", sends=True, leaves=True, closed=_only(PAYG), danger=True,
        ),
        Action(
            "cancel_completing", "Cancel completing", "The devices stay in Knox Guard.", frozenset({"completing"}),
            now="active", sends=True, closed=_only(NORMAL),
        ),
        Action(
            "cancel_completing_payg", "Cancel completing", "The devices stay in Knox Guard and lock.",
            frozenset({"completing"}), now="locking", done="locked", failed="active", closed=_only(PAYG),
        ),
        Action(
            "delete", "Delete from Knox Guard", "The devices are pending again, as if they were new.",
            frozenset({"rejected", "completed"}), now="pending",
        ),
        # What an exchange sends to the new device; no list offers it.
        Action("exchange", "Exchange IMEI", "The device takes the place of another.", frozenset(), now="exchanging",
               done="active"),
    ),
    clocks=(
        Clock(frozenset({"activating"}), "pending", setting="guard_activation_days", frees=True),
        Clock(frozenset({"completing"}), "completed", setting="guard_completing_days", frees=True),
        # The device has the time and locks by itself; the portal says so without hearing from it.
        Clock(frozenset({"active", "unlocking"}), "locked", fact="paid_until"),
        Clock(frozenset({"resetting"}), "pending", setting="guard_resetting_days"),
    ),
    events=(Event("reset_done", frozenset({"resetting"}), "pending"),),
    unlicensed="resetting",
    seatless=frozenset({"rejected", "completed"}),
    obstacle=obstacle,
    about=_about,
    reports=("offline_locked",),
    also=(Also("offline_locked", "Locked", _PAID, "Bring the device online. It unlocks by itself."),),
    swap=Swap(
        "Exchange IMEI", "Another device takes this one's place in Knox Guard. It is not possible while it is locked.",
        # Also where the exchange before failed, or its device never answers: nothing else leads out of that.
        _PAID | {"exchanging"}, now="exchanging", action="exchange",
    ),
    columns=(("approval_id", "Approval ID"), ("paid_until", "Paid until"), ("offline_days", "Offline lock (days)")),
    instants=frozenset({"paid_until"}),
)  # fmt: skip
