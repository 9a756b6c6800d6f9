"""Samsung Care+ for Business: plans that cover devices, from an assignment to an end (knox.md 6.5)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models.fields.json import KT
from django.utils import timezone

from licensing.license_forms import Number
from rules import settings as rule
from services.console import Action, Acts, Clock, Console, Event, Kind, State, Swap
from services.models import Claim, Enrollment
from tenants.fields import Country, OneOf, Words
from tenants.models import Customer, KnoxService

ADH, EW = "adh", "ew"
BENEFITS = [
    (ADH, "ADH: accidental damage"),
    (EW, "EW: extended warranty"),
    ("ihw", "IHW: in-house warranty"),
    ("combo", "Combo: accidental damage and extended warranty"),
    ("sp", "SP: screen protection"),
]
TERMS = [(str(months), f"{months} months") for months in (12, 24, 36, 48)]
PERIODS = [("30", "30 days"), ("60", "60 days")]
UNASSIGNS = ("IN", "PH")
"""Countries in which a plan can be taken back (knox.md 6.5)."""


class AcceptedOn(forms.DateField):
    """The day on which the user accepted Samsung's terms; today, where nobody says."""

    wrong = "Enter the day on which the terms were accepted. It looks like 2026-11-24 and is not in the future."
    first_year = 2000
    """A day before is a slip: Knox is younger."""

    def __init__(self) -> None:
        super().__init__(
            label="Terms accepted on",
            required=False,
            help_text="Plans can be assigned for 30 or 60 days from then on. Empty: today.",
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        )
        self.error_messages["invalid"] = self.wrong

    def clean(self, value: Any) -> date:
        typed: date | None = super().clean(value)
        today = timezone.localdate()
        if typed and not (self.first_year <= typed.year and typed <= today):
            raise ValidationError(self.wrong)
        return typed or today


class ApproveForm(forms.Form):
    eula_on = AcceptedOn()


class PlanForm(forms.Form):
    benefit = OneOf("Benefit type", BENEFITS)
    months = OneOf("Coverage", TERMS, hint="For each device, from its own start on.")
    eligible_days = OneOf("Eligible period", PERIODS, hint="How long after the terms were accepted it can be assigned.")
    claim_limit = Number(
        "Claim limit", limit=100_000, required=False, hint="For all devices of the plan. Empty: no limit."
    )
    country = Country("Only for customers in", required=False, hint="Empty: every country of the region.")
    files_claims = Words("How claims are filed", required=False, longest=200, hint="Differs by country.")


def _terms_stay(new: Mapping[str, Any], old: Mapping[str, Any] | None) -> str:
    """Devices are covered by what was agreed."""
    if old and any(new[name] != old[name] for name in ("benefit", "months")):
        return "Benefit type and coverage of a plan cannot change. Add another plan."
    return ""


def _eligible(acts: Acts) -> str:
    """Why the plan cannot be assigned: another country, or a device whose eligible period is over."""
    terms = acts.thing.settings
    if terms.get("country") and terms["country"] != str(acts.customer.country):
        return f"{acts.thing} is for another country than that of {acts.customer}. Choose another plan."
    earliest = timezone.localdate() - timedelta(days=int(terms["eligible_days"]))
    own = Enrollment.objects.of(acts.customer, KnoxService.CARE).filter(device__in=acts.devices)
    late = own.alias(accepted=KT("facts__eula_on")).filter(accepted__lt=earliest.isoformat())  # sorts as a date
    if not (count := late.count()):
        return ""
    which = str(late.select_related("device")[0].device) if count == 1 else f"{count:,} devices"
    return (
        f"{which}: the {terms['eligible_days']} days in which {acts.thing} can be assigned are over. Choose fewer "
        "devices or another plan."
    )


# The day after the basic warranty for extended warranties, else now; then so many months.
_COVER = """
UPDATE services_enrollment e SET facts = e.facts || jsonb_build_object(
    'coverage_starts', to_char(c.starts AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'coverage_ends', to_char((c.starts + make_interval(months => %(months)s)) AT TIME ZONE 'UTC',
                             'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
  FROM (SELECT o.id, CASE WHEN %(extends)s
               THEN ((coalesce((o.facts->>'eula_on')::date, %(now)s::date)
                      + make_interval(months => %(warranty)s) + interval '1 day') AT TIME ZONE 'UTC')
               ELSE %(now)s END AS starts
          FROM services_enrollment o
         WHERE o.customer_id = %(customer)s AND o.service = 'SC+' AND o.device_id = ANY (%(devices)s::bigint[])) c
 WHERE e.id = c.id
"""
_UNCOVER = """
UPDATE services_enrollment SET facts = facts - '{coverage_starts,coverage_ends}'::text[]
 WHERE customer_id = %(customer)s AND service = 'SC+' AND device_id = ANY (%(devices)s::bigint[])
"""


def _cover(acts: Acts) -> None:
    """Coverage starts with the assignment, or with the day after the basic warranty (knox.md 6.5)."""
    terms = acts.thing.settings
    now: datetime = timezone.now()
    values = {
        "months": int(terms["months"]), "extends": terms["benefit"] == EW, "now": now,
        "warranty": rule.number("care_basic_warranty_months"), "customer": acts.customer.pk, "devices": acts.devices,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COVER, values)


def _uncover(acts: Acts) -> None:
    """No plan covers them any more."""
    with connection.cursor() as cursor:
        cursor.execute(_UNCOVER, {"customer": acts.customer.pk, "devices": acts.devices})


def _without_open_claims(acts: Acts) -> str:
    found = Claim.objects.filter(customer=acts.customer, device__in=acts.devices, state=Claim.State.OPEN)
    claim = found.order_by("pk").first()
    return f"Claim {claim.reference} is open. Complete it first. Nothing changed." if claim else ""


def _unassigns(customer: Customer) -> str:
    if str(customer.country) in UNASSIGNS:
        return ""
    return f"A plan can be taken back in India and the Philippines only. {customer} is in {customer.country_name}."


_PARTS = (("Plan", "benefit months eligible_days"), ("Claims and country", "claim_limit country files_claims"))
_COVERED = frozenset({"active_pending", "active"})

CONSOLE = Console(
    service=KnoxService.CARE,
    slug="samsung-care-plus",
    says="Covers repairs and replacements of devices under a plan.",
    states=(
        State("pending", "Pending"),
        State("approved", "Approved", "wait"),
        State("active_pending", "Active pending", "wait"),
        State("active", "Active", "ok"),
        State("failed", "Failed", "bad", "Assign the plan again, or cancel it."),
        State("cancelled", "Cancelled"),
        State("expired", "Expired"),
    ),
    actions=(
        Action(
            "approve", "Approve", "The devices can get a plan within its eligible period.", frozenset({"pending"}),
            now="approved", form=ApproveForm, keeps=("eula_on",),
        ),
        Action(
            "assign", "Assign plan", "Each device uses a seat, and its coverage gets its dates.",
            frozenset({"approved", "failed"}), now="active_pending", done="active", failed="failed", assigns="plan",
            seat="take", check=_eligible, then=_cover,
        ),
        Action(
            "unassign", "Unassign plan", "The devices free their seats and can get another plan.",
            frozenset({"active_pending"}), now="approved", clears=True, seat="free", closed=_unassigns,
            then=_uncover,
        ),
        Action(
            "cancel", "Cancel coverage", "The coverage ends now and does not come back. The seats are free.",
            frozenset({"approved", "active_pending", "active", "failed"}), now="cancelled", seat="free", danger=True,
            check=_without_open_claims, then=_uncover,
        ),
        Action(
            "delete", "Delete from Care+", "The devices are pending again, as if they were new.",
            frozenset({"approved", "cancelled", "expired"}), now="pending", clears=True,
        ),
    ),
    kinds=(
        Kind(
            "plan", "Plan", "Plans", PlanForm, parts=_PARTS, check=_terms_stay, shown=("benefit", "months"),
            empty="A plan says what is covered, and for how long.",
        ),
    ),
    clocks=(
        Clock(_COVERED, "expired", fact="coverage_ends", frees=True),
        Clock(frozenset({"active_pending"}), "active", setting="care_activation_days"),
    ),
    events=(Event("eula_accepted", frozenset({"active_pending"}), "active"),),
    unlicensed="expired",
    seatless=frozenset({"approved", "cancelled"}),
    swap=Swap(
        "Swap device", "The new device is approved at once and takes plan, seat and the rest of the coverage.",
        _COVERED,
    ),
    has_claims=True,
    columns=(
        ("eula_on", "Terms accepted"), ("coverage_starts", "Covered from"), ("coverage_ends", "Covered until"),
    ),
    instants=frozenset({"eula_on", "coverage_starts", "coverage_ends"}),
)  # fmt: skip
