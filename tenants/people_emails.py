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


def invited(place: Membership, *, token: str, until: datetime, scope: str) -> None:
    """The one letter with the link. Written the same for people with an account and without."""
    organization = place.organization
    zone = preferences.zone(str(organization.country))
    _write(
        "invite",
        place,
        why=f"{organization} invited you",
        portal=portal_of(organization),
        until=written_for_guests(until, zone),
        scope=scope,
        button_url=settings.PORTAL_URL + reverse("administrator-join", args=[token]),
    )


def role_changed(place: Membership, *, scope: str) -> None:
    _to_person("role_changed", place, scope=scope if place.msp_id else "")


def blocked(place: Membership) -> None:
    _to_person("person_blocked", place)


def unblocked(place: Membership) -> None:
    _to_person("person_unblocked", place)


def portal_of(organization: access.Organization) -> str:
    """The portal in which the people of this organization work."""
    (kind,) = access.column(organization)
    return one_portal.TITLES[kind]


def _to_person(letter: str, place: Membership, **context: Any) -> None:
    address = settings.PORTAL_URL + reverse("my-rights")
    _write(letter, place, why=f"you work for {place.organization}", button_url=address, **context)


def _write(letter: str, place: Membership, *, why: str, **context: Any) -> None:
    outbox.write(
        f"tenants/email/{letter}",
        to=place.user.email if place.user else place.email,
        name=place.first_name,
        why=why,
        context={"organization": place.organization.name, "role": place.role.name, **context},
    )
