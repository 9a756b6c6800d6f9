"""What must be right before a customer comes in or changes (words.md 2, 7.2). Each raises RuleBroken."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import User
from audit.models import Event, Side
from onboarding import contacts, work_email
from rules.errors import RuleBroken
from tenants import addresses, msps
from tenants.models import Access, Customer, KnoxService, Management, Msp
from tenants.regions import Region, country_name, region_of
from tenants.times import written

CONTACT_FIELDS = ("contact_first_name", "contact_last_name", "contact_email", "contact_job_title")
GUARD_FIELDS = ("guard_phone", "guard_email")
"""Whom the people of its devices reach, for a customer that Knox Guard knows."""


def check_direct(customer: Customer) -> None:
    _checked_region(customer)
    _check_address(customer)
    if User.objects.by_email(customer.contact_email):
        raise RuleBroken(
            "Somebody signs in with this address already. Enter that of another person.", field="contact_email"
        )
    check_work_email(customer)


def check_work_email(customer: Customer) -> None:
    """Of the contact person of a company that answers for itself."""
    if work_email.is_free(customer.contact_email):
        raise RuleBroken(
            f"Anyone can open a mailbox at {work_email.domain(customer.contact_email)}. Use an address of the company.",
            field="contact_email",
        )


def _checked_region(customer: Customer) -> Region:
    region = region_of(str(customer.country))
    if region is None:
        raise RuleBroken(
            f"Knox is not available in {country_name(str(customer.country))}. Choose the country of its main office.",
            field="country",
        )
    return region


def _check_address(customer: Customer) -> None:
    wrong = addresses.problems(str(customer.country), province=customer.province, zip_code=customer.zip_code)
    for field, sentence in wrong.items():
        raise RuleBroken(sentence, field=field)


def _check_country(customer: Customer, msp: Msp) -> None:
    country, region = country_name(str(customer.country)), _checked_region(customer)
    if region != msp.region:
        own = Region(msp.region).label
        raise RuleBroken(
            f"{country} is in {region.label}. Samsung approved your company for {own}, so your customers must be "
            f"there. An MSP of {region.label} can add this company.",
            field="country",
        )


def checked(customer: Customer, services: Iterable[KnoxService], msp: Msp) -> list[KnoxService]:
    _check_country(customer, msp)
    _check_address(customer)
    _check_contact(customer)
    return checked_services(services, msp, customer)


def _check_contact(customer: Customer) -> None:
    if User.objects.by_email(customer.contact_email):
        raise RuleBroken(
            "We cannot use this address for a new customer. If the company uses Knox already, add it as an existing "
            "customer. If not, use another work email.",
            field="contact_email",
        )
    if customer.access == Access.FULL and work_email.is_free(customer.contact_email):
        raise RuleBroken(
            f"{work_email.domain(customer.contact_email)} is a free mailbox. Full access and delink need a company "
            "address. Use one, or choose No access for now.",
            field="contact_email",
        )


def check_changes(customer: Customer, changed: list[str], msp: Msp) -> None:
    if "country" in changed:
        _check_country(customer, msp)
    if {"country", "province", "zip_code"} & set(changed):
        _check_address(customer)
    if set(changed) & set(CONTACT_FIELDS):
        _check_contact_change(customer, changed)
    if set(changed) & set(GUARD_FIELDS):
        check_guard_tenant(customer)


def _check_contact_change(customer: Customer, changed: list[str]) -> None:
    """Where it answers for itself, also without access: its yes and its no come from that address."""
    if no := contacts.locked(customer):
        raise RuleBroken(no, field=next(field for field in changed if field in CONTACT_FIELDS))
    if "contact_email" in changed:
        _check_contact(customer)


def delinking(management: Management) -> str:
    """Why nothing of the customer changes while its MSP wants to leave it (words.md customer.delinking), or empty."""
    if management.state != Management.State.DELINK_REQUESTED:
        return ""
    return (
        f"You asked to delink {management.customer}. Its details and access stay as they are until it answers. Take "
        "the delink back to change them."
    )


def check_not_delinking(customer: Customer) -> None:
    if no := delinking(customer.managements.select_related("customer").get(ended_at=None)):
        raise RuleBroken(no)


def check_changeable(customer: Customer, *, seen: datetime, by: User) -> None:
    check_not_delinking(customer)
    if customer.modified_at != seen:
        last = _last_changer(customer)
        raise RuleBroken(
            f"{last} saved other changes at {written(customer.modified_at, by.zone)}. "
            "Your text is still below. Compare it and save again.",
            status=409,
        )


def _last_changer(customer: Customer) -> str:
    """Who changed the customer last, by name for the own side."""
    last = Event.objects.of_customer(customer.pk).filter(verb__startswith="customer.").first()
    return last.who(reader=Side.MSP) if last else "Somebody"


def checked_services(services: Iterable[KnoxService], msp: Msp, customer: Customer) -> list[KnoxService]:
    """The chosen services, once each. Raises RuleBroken for Knox Guard where it is closed to this MSP."""
    chosen = list(dict.fromkeys(services))
    if KnoxService.GUARD in chosen:
        if no := msps.guard_closed(msp):
            raise RuleBroken(no, status=403, field="services")
        check_guard_tenant(customer)
    return chosen


def check_guard_tenant(customer: Customer) -> None:
    """What a domain of Knox Guard needs (knox.md 6.6; words.md, guard.tenant)."""
    if customer.guard_domain in Customer.WITHOUT_TYPE and customer.tenant_type:
        raise RuleBroken(
            "Financing and Others need a tenant type; Enterprise and Insurance have none.", field="tenant_type"
        )
    if not customer.is_guard_tenant:
        raise RuleBroken("Knox Guard needs a tenant type. It cannot change later.", field="tenant_type")
    if customer.guard_domain == Customer.GuardDomain.FINANCING and not (customer.guard_phone or customer.guard_email):
        raise RuleBroken("Financing also needs a support phone or email.", field="guard_phone")
