"""What can happen to an application. A decision is final (FAQ Q4)."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import people, preferences
from accounts.acting import acting_as, as_operator
from accounts.models import User
from audit import events
from audit.models import Side
from licensing import listings
from onboarding import emails, work_email
from onboarding.models import Application, Program
from rules import reasons
from rules import settings as rule
from rules.errors import RuleBroken
from tenants import access, memberships, organizations, public_ids, tokens
from tenants.access import Organization
from tenants.models import LicenseReseller, Membership, Msp, Reseller
from tenants.regions import Region
from tenants.times import day, written

State = Application.State


@transaction.atomic
def submit(program: Program, *, by: User | None, **fields: Any) -> Application:
    """Send an application. From a person without an account it counts only after the email is confirmed."""
    application = Application(program=program, **fields)
    if by is None:
        return _submit_unconfirmed(application)
    application.email, application.first_name, application.last_name = by.email, by.first_name, by.last_name
    _count(application, applicant=by)
    events.record("application.submitted", application, by=by, side=Side.APPLICANT)
    return application


@transaction.atomic
def confirm(token: str, *, password: str | None) -> Application:
    """The address is theirs: make the account if there is none, and let the application count."""
    with as_operator():
        application = _by_link(token, lock=True)
        person = people.account(
            application.email,
            password=password,
            first_name=application.first_name,
            last_name=application.last_name,
            country=str(application.country),
        )
        application.token_hash = ""
        _count(application, applicant=person)
        events.record("application.confirmed", application, by=person, side=Side.APPLICANT)
    return application


def by_link(token: str) -> Application:
    """The application behind a confirmation link. Raises RuleBroken where it has ended (410) or is none (404)."""
    with as_operator():
        return _by_link(token, lock=False)


@transaction.atomic
def approve(application: Application, *, by: User) -> Organization:
    """Open the portal to the applicant's company, for the region it applied for. Runs as the operator."""
    application = _undecided(application, by=by)
    organization = _organization(application)
    organization.save()
    organizations.begin(organization)
    (own,) = access.column(organization)
    setattr(application, own, organization)
    role = organization.roles.super_admin()
    assert application.applicant  # noqa: S101  (constraint application_that_counts_has_an_applicant)
    memberships.join(application.applicant, role, by=by, side=Side.SAMSUNG)
    _decide(application, State.APPROVED, by=by)
    if isinstance(organization, LicenseReseller):
        listings.open(organization, email=application.email)
    emails.application_approved(application, organization)
    return organization


@transaction.atomic
def reject(application: Application, *, reason: str, by: User) -> Application:
    """Say no, with a reason that the applicant reads. Runs as the operator."""
    reason = reasons.given(reason)
    application = _undecided(application, by=by)
    application.reason = reason
    _decide(application, State.REJECTED, by=by)
    emails.application_rejected(application)
    return application


def _submit_unconfirmed(application: Application) -> Application:
    token, application.token_hash = tokens.new()
    application.email = application.email.strip().lower()
    application.link_ends_at = timezone.now() + tokens.life()
    with as_operator():  # a person without an account sees no application, not even the own older one
        older = Application.objects.filter(
            email=application.email, program=application.program, state=State.UNCONFIRMED
        )
        older.delete()
        try:
            with transaction.atomic():
                application.save()
        except IntegrityError:  # pressed twice at once: the other press has sent the letter
            return application
    events.record("application.submitted", application, by=None, actor=application.company, side=Side.APPLICANT)
    emails.confirm_address(application, token)
    return application


def _count(application: Application, *, applicant: User) -> None:
    """Hand the application to Samsung, unless one of the same person waits there already."""
    application.applicant = applicant
    application.state, application.submitted_at = State.SUBMITTED, timezone.now()
    with acting_as(applicant):
        _check_applicant(application, applicant)
        waiting = applicant.applications.filter(program=application.program, state=State.SUBMITTED).first()
        if waiting:
            raise _already_open(waiting, applicant)
        try:
            with transaction.atomic():
                application.save()
        except IntegrityError:
            raise _already_open(applicant.applications.latest("submitted_at"), applicant) from None
    emails.application_received(application)
    with as_operator():
        emails.application_waits(application, waiting=Application.objects.filter(state=State.SUBMITTED))


def _check_applicant(application: Application, applicant: User) -> None:
    """A work address, and one MSP with one region for a person (FAQ Q15, words.md application.region)."""
    if work_email.is_free(applicant.email):
        raise RuleBroken(
            f"Anyone can open a mailbox at {work_email.domain(applicant.email)}. Samsung needs a work email. Use the "
            "address that your company gave you."
        )
    own = Membership.objects.super_admins().filter(user=applicant, msp__isnull=False)
    if application.program == Program.MSP and (first := own.select_related("msp").first()) and first.msp:
        raise RuleBroken(
            f"Samsung approved your company for {Region(first.msp.region).label}. A company has one region. Open a "
            "ticket to ask about another one."
        )


def _already_open(waiting: Application, applicant: User) -> RuleBroken:
    at = day(waiting.submitted_at or waiting.sent_at, applicant.zone)
    return RuleBroken(
        f"Samsung already has your application of {at}. It reviews one at a time. Open it to see where it is.",
        status=409,
    )


def _by_link(token: str, *, lock: bool) -> Application:
    applications = Application.objects.select_for_update() if lock else Application.objects.all()
    application = applications.filter(token_hash=tokens.hashed(token)).first()
    if application is None:
        raise tokens.Unknown(" If you used it before, sign in: a link works once.")
    if application.link_ends_at and application.link_ends_at <= timezone.now():
        at = written(application.link_ends_at, preferences.zone(str(application.country)))
        raise RuleBroken(
            f"This link ended on {at}. Links work for {rule.number('link_days')} days. "
            "Send the application again to get a new one.",
            status=410,
        )
    return application


def _undecided(application: Application, *, by: User) -> Application:
    # Lock the row: two Samsung admins may press two buttons at once, and only one decision counts. No joins here:
    # whoever waited for the lock gets the row as it is now, but what was joined to it as it was before.
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.decided_by and application.decided_at:
        raise RuleBroken(
            f"{application.decided_by} already {application.state} this application on "
            f"{written(application.decided_at, by.zone)}. An application has one decision. Nothing changed.",
            status=409,
        )
    if application.state != State.SUBMITTED:
        raise RuleBroken("The email address of this application is not confirmed yet, so it does not count.")
    return application


def _decide(application: Application, state: Application.State, *, by: User) -> None:
    application.state, application.decided_by, application.decided_at = state, by, timezone.now()
    application.save()
    events.record(f"application.{state}", application, by=by, side=Side.SAMSUNG, reason=application.reason)


def _organization(application: Application) -> Msp | Reseller | LicenseReseller:
    """The organization that the application asks for, not saved yet."""
    address = {field: getattr(application, field) for field in Application.ADDRESS_FIELDS}
    if application.program == Program.MSP:
        return Msp(
            public_id=public_ids.new(public_ids.Kind.MSP),
            name=application.company,
            region=application.regions[0],
            support_phone=application.support_phone,
            support_email=application.support_email,
            **address,
        )
    keys = application.sells == Application.Sells.KEYS
    model, kind = (LicenseReseller, public_ids.Kind.LICENSE_RESELLER) if keys else (Reseller, public_ids.Kind.RESELLER)
    return model(
        public_id=public_ids.new(kind),
        name=application.company,
        regions=application.regions,
        registration_number=application.registration_number,
        **address,
    )
