"""The letters to administrators (words.md invite, security.role). Each under templates/tenants/email/."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts import preferences
from mail import outbox
from tenants import access, one_portal
from tenants.models import Membership
from tenants.times import written_for_guests


def invited(membership: Membership, *, token: str, until: datetime, scope: str) -> None:
    """The one letter with the link. Written the same for people with an account and without."""
    organization = membership.organization
    zone = preferences.zone(str(organization.country))
    _write(
        "invite",
        membership,
        why=f"{organization} invited you",
        portal=portal_of(organization),
        until=written_for_guests(until, zone),
        scope=scope,
        button_url=settings.PORTAL_URL + reverse("administrator-join", args=[token]),
    )


def role_changed(membership: Membership, *, scope: str) -> None:
    _to_person("role_changed", membership, scope=scope if membership.msp_id else "")


def blocked(membership: Membership) -> None:
    _to_person("person_blocked", membership)


def unblocked(membership: Membership) -> None:
    _to_person("person_unblocked", membership)


def portal_of(organization: access.Organization) -> str:
    """The portal in which the people of this organization work."""
    (kind,) = access.column(organization)
    return one_portal.TITLES[kind]


def _to_person(letter: str, membership: Membership, **context: Any) -> None:
    address = settings.PORTAL_URL + reverse("my-rights")
    _write(letter, membership, why=f"you work for {membership.organization}", button_url=address, **context)


def _write(letter: str, membership: Membership, *, why: str, **context: Any) -> None:
    outbox.write(
        f"tenants/email/{letter}",
        to=membership.address,
        name=membership.first_name,
        why=why,
        about=access.companies(membership.organization),
        context={"organization": membership.organization.name, "role": membership.role.name, **context},
    )
