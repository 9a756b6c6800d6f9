"""What the customer reads before it decides, and what the receipt keeps word for word (words.md 5).

One function makes the text from the facts; the page shows its blocks and the receipt stores them, so that what
was approved is exactly what was shown. VERSION changes whenever a sentence here does.
"""

from dataclasses import dataclass
from hashlib import sha256
from zoneinfo import ZoneInfo

from accounts import preferences
from devices.models import Device
from licensing.models import License
from onboarding.models import ManagementRequest
from tenants.models import Access, Customer, CustomerService, KnoxService, Membership
from tenants.numbers import counted
from tenants.regions import Region
from tenants.times import day, written

VERSION = "2026-11.4"


@dataclass(frozen=True)
class Block:
    """A heading and its sentences, each a paragraph."""

    title: str
    sentences: list[str]


@dataclass(frozen=True)
class Counts:
    """How much of the customer the decision is about, now. No names: a link can be forwarded.

    A receipt keeps them by these names. One more is a field here, a query below and a word in `listed`.
    """

    administrators: int
    devices: int
    licenses: int

    @property
    def listed(self) -> str:
        numbers = {"device": self.devices, "administrator": self.administrators, "license": self.licenses}
        return ", ".join(counted(number, thing) for thing, number in numbers.items())


def counts_of(customer: Customer) -> Counts:
    """Live counts. Runs as the operator."""
    people = Membership.objects.filter(customer=customer, state=Membership.State.ACTIVE)
    devices = Device.objects.filter(customer=customer, state=Device.State.VERIFIED)
    licenses = License.objects.kept().filter(customer=customer)
    return Counts(administrators=people.count(), devices=devices.count(), licenses=licenses.count())


def managed_services(request: ManagementRequest) -> list[KnoxService]:
    """What the MSP manages from the approval on: there is one management for all services of a customer, so also those
    that it uses already. Not Knox Guard where Samsung did not open it for the MSP. Runs as the operator."""
    used = CustomerService.objects.filter(customer=request.customer).values_list("service", flat=True)
    codes = {*request.services, *used}
    return [one for one in KnoxService if one in codes and (one != KnoxService.GUARD or request.msp.knox_guard)]


def masked(email: str) -> str:
    """`c•••@contoso.example`: first letter and domain (words.md 8)."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}"


def blocks(request: ManagementRequest, counts: Counts, *, sent_to: str) -> list[Block]:
    """The whole text, in order."""
    closes = request.access == Access.NONE
    zone = preferences.zone(str(request.customer.country))
    return [
        Block("Who asks", _who(request, sent_to, zone)),
        Block("What it is about", _about(request, counts)),
        Block("What changes", _changes(request, closes=closes)),
        Block("What you lose", _losses(request, counts, closes=closes)),
        Block("What stays", _stays(request, closes=closes)),
        Block("Until when", [_until(request)]),
        Block("What you can do later", [_later(request, closes=closes)]),
        Block("If you refuse, or do nothing", _otherwise(request, zone)),
    ]


def plain(parts: list[Block]) -> str:
    """The text as the receipt keeps it: headings and sentences, a line each."""
    return "\n\n".join("\n".join([part.title, *part.sentences]) for part in parts)


def fingerprint(text: str) -> str:
    """By which the page that showed a text says which one it was."""
    return sha256(text.encode()).hexdigest()


def _who(request: ManagementRequest, sent_to: str, zone: ZoneInfo) -> list[str]:
    msp = request.msp
    return [
        f"{msp.name}, {msp.city}, {msp.country_name}. MSP ID {msp.public_id}.",
        f"Samsung approved it as an MSP for {Region(msp.region).label} on {day(msp.approved_at, zone)}.",
        f"Support: {msp.support_phone}, {msp.support_email}.",
        f"We sent this request to {masked(sent_to)}, super admin of {request.customer.name}.",
    ]


def _about(request: ManagementRequest, counts: Counts) -> list[str]:
    return [
        f"Services: {_listed(request.service_names)}.",
        *_used_already(request),
        f"Today: {counts.listed}.",
        f"Your own access afterwards: {request.get_access_display()}.",
    ]


def _used_already(request: ManagementRequest) -> list[str]:
    used = [one.label for one in managed_services(request) if one not in request.services]
    return [f"{request.msp.name} also manages what you use already: {_listed(used)}."] if used else []


def _changes(request: ManagementRequest, *, closes: bool) -> list[str]:
    msp = request.msp.name
    both = [] if closes else [f"Your administrators can do all this too, beside {msp}."]
    return [
        f"From the moment you approve, the management rights move to {msp}: it manages your devices in these services.",
        "It sees your devices, profiles and licenses.",
        "It approves or rejects what resellers upload for you.",
        "It can lock, reset or erase devices where the service can do that.",
        *both,
    ]


def _losses(request: ManagementRequest, counts: Counts, *, closes: bool) -> list[str]:
    people = counted(counts.administrators, "administrator") if counts.administrators else "administrators"
    app = f"The Knox Deployment App stops working for {request.customer.name}."
    if not closes:
        return [app, "Your administrators lose nothing else."]
    return [
        f"Your {people} can no longer open Knox Configure or any other service console. "
        "Whoever works there now leaves at once.",
        app,
        f"Emails about devices and licenses go to {request.msp.name}.",
    ]


def _stays(request: ManagementRequest, *, closes: bool) -> list[str]:
    both = [] if closes else ["Your administrators keep their sign-in and roles."]
    return [
        "Your devices, profiles and settings stay as they are.",
        "Your licenses stay yours.",
        f"Your KCS Customer ID stays {request.kcs_id}, and your resellers go on using it.",
        *both,
    ]


def _until(request: ManagementRequest) -> str:
    return f"There is no end date. You can end it at any time. {request.msp.name} can end it only with your approval."


def _later(request: ManagementRequest, *, closes: bool) -> str:
    end = "End it: your receipt has a link, and you need no account."
    if closes:
        return f"{end} Get access again: {request.msp.name} can give you Full access at any time."
    return f"{end} {request.msp.name} cannot take your Full access away."


def _otherwise(request: ManagementRequest, zone: ZoneInfo) -> list[str]:
    msp, customer = request.msp.name, request.customer.name
    return [
        f"If you refuse, everything stays as it is. {msp} learns that {customer} refused, not who.",
        f"If you do nothing, the request ends on {written(request.ends_at, zone)}. Everything stays as it is.",
    ]


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
