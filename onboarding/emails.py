"""The letters of this app (words.md 4). Each is one template under templates/onboarding/email/."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from accounts import preferences
from accounts.models import SAMSUNG_ADMINS, User
from mail import outbox
from onboarding.models import Application
from tenants import teams
from tenants.access import Organization
from tenants.models import Customer, Msp
from tenants.regions import Region
from tenants.times import day, written, written_for_guests


def confirm_address(application: Application, token: str) -> None:
    """In our words alone: anybody can enter any address, and it must not bring a stranger what was typed beside it."""
    assert application.link_ends_at  # noqa: S101  (set with the token)
    outbox.write(
        "onboarding/email/confirm_address",
        to=application.email,
        name="",
        why="someone applied with this address",
        about=[],
        context={
            "application": application,
            "until": _time(application, application.link_ends_at),
            "button_url": _address("application-confirm", token),
        },
    )


def application_received(application: Application) -> None:
    assert application.submitted_at  # noqa: S101
    _to_applicant(
        "application_received",
        application,
        at=_time(application, application.submitted_at),
        button_url=_address("application", application.pk),
    )


def application_waits(application: Application, *, waiting: QuerySet[Application]) -> None:
    """Tell every Samsung admin that there is something to decide."""
    oldest = waiting.earliest("submitted_at").submitted_at or application.sent_at
    count = waiting.count()
    for admin in User.objects.filter(groups__name=SAMSUNG_ADMINS, is_active=True):
        _write(
            "application_waits",
            admin,
            why="you decide applications for Samsung",
            application=application,
            regions=" and ".join(application.region_names),
            count=count,
            oldest=day(oldest, admin.zone),
            button_url=_address("samsung-application", application.pk),
        )


def application_approved(application: Application, organization: Organization) -> None:
    letter = "msp_approved" if isinstance(organization, Msp) else "reseller_approved"
    region = Region(organization.region).label if isinstance(organization, Msp) and organization.region else ""
    _to_applicant(
        letter,
        application,
        date=day(_decided(application), _zone(application)),
        organization=organization,
        region=region,
        button_url=_address("knox-dashboard"),
    )


def application_rejected(application: Application) -> None:
    zone = _zone(application)
    _to_applicant(
        "application_rejected",
        application,
        date=day(_decided(application), zone),
        date_sent=day(application.submitted_at or application.sent_at, zone),
        button_url=f"{_address('apply', application.program)}?again={quote(str(application.pk))}",
    )


def customer_added(customer: Customer, *, msp: Msp, services: list[str], by: User) -> None:
    """To the leads: the MSP's super admins and the person who added the customer."""
    for person in teams.leads(msp, starter=by):
        _write(
            "customer_added",
            person,
            why=f"you added {customer} at {msp}" if person == by else f"you are super admin of {msp}",
            between=(msp.public_id, customer.kcs_id),
            customer=customer,
            person=by,
            at=written(customer.added_at, person.zone),
            services=", ".join(services),
            button_url=_address("customer", customer.kcs_id),
        )


def make_account(customer: Customer, *, msp: Msp | None, token: str, until: Any, again: bool = False) -> None:
    """The contact person's link to an account (words.md access.given)."""
    zone = preferences.zone(str(customer.country))
    outbox.write(
        "onboarding/email/make_account",
        to=customer.contact_email,
        name=customer.contact_first_name,
        why=f"you are the contact person of {customer}",
        about=[customer.kcs_id],
        context={
            "customer": customer,
            "msp": msp,
            "again": again,
            "until": written_for_guests(until, zone),
            "button_url": _address("invitation", token),
        },
    )


def _to_applicant(letter: str, application: Application, **context: Any) -> None:
    outbox.write(
        f"onboarding/email/{letter}",
        to=application.email,
        name=application.first_name,
        why=f"someone applied for {application.company} with this address",
        about=[],
        context={"application": application, **context},
    )


def _write(letter: str, to: User, *, why: str, between: tuple[str, str] | None = None, **context: Any) -> None:
    outbox.write(
        f"onboarding/email/{letter}",
        to=to.email,
        name=to.first_name,
        why=why,
        about=between[1:] if between else [],
        context=context,
        between=between,
        has_settings=True,
    )


def _address(name: str, *args: object) -> str:
    return f"{settings.PORTAL_URL}{reverse(name, args=args)}"


def _zone(application: Application) -> Any:
    return application.applicant.zone if application.applicant else preferences.zone(str(application.country))


def _time(application: Application, at: datetime) -> str:
    return (written if application.applicant else written_for_guests)(at, _zone(application))


def _decided(application: Application) -> Any:
    assert application.decided_at  # noqa: S101  (constraint application_decided_has_who_and_when)
    return application.decided_at
