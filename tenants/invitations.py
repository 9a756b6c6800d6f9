"""Asking people in: a link in a letter, 256 random bits stored hashed, seven days, once (design.md 5, knox.md 9.3).

An address that has an account elsewhere is treated like any other: nobody learns it from here (words.md 3, E).
"""

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import people
from accounts.acting import as_operator
from accounts.models import User
from rules.errors import RuleBroken
from tenants import access, administrators, memberships, people_emails, tokens
from tenants.models import Customer, InvitationLink, Membership, Role

type Scope = Membership.Scope
State = Membership.State


class AlreadyHere(RuleBroken):
    """The person works in this organization; `place` is where to change the role (words.md invite.taken)."""

    def __init__(self, place: Membership, email: str) -> None:
        sentence = f"{email} is already an administrator here. Open it to change the role."
        super().__init__(sentence, status=409, field="email")
        self.place = place


@transaction.atomic
def invite(  # noqa: PLR0913  (each is a field of words.md 7.8)
    organization: access.Organization,
    *,
    email: str,
    first_name: str,
    last_name: str,
    role: Role,
    scope: Scope = Membership.Scope.ALL,
    customers: Collection[Customer] = (),
    by: User,
) -> Membership:
    """Mail a person the link to a place. An invitation that was revoked is opened again."""
    mine = administrators.acting_place(organization, by=by)
    administrators.check_gift(role, scope, customers, mine=mine)
    place = _place(organization, email.strip().lower())
    place.first_name, place.last_name = first_name, last_name
    place.role, place.scope, place.state = role, administrators.plain_scope(scope, customers), State.PENDING
    try:
        with transaction.atomic():
            place.save()
    except IntegrityError:  # two invite the same person at once: the other one has done it
        raise AlreadyHere(_taken(organization, place.email) or place, place.email) from None
    memberships.name_customers(place, customers if place.scope != Membership.Scope.ALL else ())
    _send(place)
    administrators.record("person.invited", place, by=by, role=role.name, scope=administrators.reach(place))
    return place


@transaction.atomic
def send_again(place: Membership, *, by: User) -> Membership:
    """A new link; the old one stops working."""
    place = _pending(place, by=by)
    _send(place)
    administrators.record("person.invited_again", place, by=by)
    return place


@transaction.atomic
def revoke(place: Membership, *, by: User) -> Membership:
    """Take the invitation back. The link stops working."""
    place = _pending(place, by=by)
    place.state = State.REVOKED
    place.save(update_fields=["state"])
    with as_operator():
        _void(place)
    administrators.record("person.revoked", place, by=by)
    return place


def ends_at(place: Membership) -> InvitationLink | None:
    """The newest link of an invitation, for its dates."""
    with as_operator():
        return place.links.filter(voided_at=None).order_by("-pk").first()


def question(token: str) -> Membership:
    """The invitation behind a link. Raises RuleBroken where it has ended (410) or is none (404)."""
    with as_operator():
        return _open_link(token).membership


@transaction.atomic
def accept(token: str, *, password: str | None = None, by: User | None = None) -> User:
    """The person joins: `by`, who is signed in with the invited address, or somebody who sets a password now."""
    with as_operator():
        link = _open_link(token, lock=True)
        place = memberships.locked(link.membership)
        if by and by.email.lower() != place.email:
            raise RuleBroken("We sent this invitation to another address. Sign in with that one.", status=403)
        person = by or _account(place, password=password)
        if administrators.place_of(person, place.organization):
            raise RuleBroken(f"{person.email} is already an administrator of {place.organization}.", status=409)
        place.user, place.state, place.joined_at = person, State.ACTIVE, timezone.now()
        place.first_name, place.last_name = person.first_name, person.last_name
        place.save()
        link.used_at = timezone.now()
        link.save(update_fields=["used_at"])
        memberships.settle(place)
        administrators.record("person.joined", place, by=person, role=place.role.name)
    return person


def _account(place: Membership, *, password: str | None) -> User:
    """The link proves the address, not whose account that is: an account that is there joins after its sign-in."""
    if User.objects.by_email(place.email):
        raise RuleBroken("You have an account already. Sign in, then open the link again.", status=409)
    country = str(place.organization.country)
    return people.account(
        place.email, password=password, first_name=place.first_name, last_name=place.last_name, country=country
    )


def _place(organization: access.Organization, email: str) -> Membership:
    """A new place for this address, or the one whose invitation was revoked."""
    if taken := _taken(organization, email):
        raise AlreadyHere(taken, email)
    own = access.column(organization)
    revoked = Membership.objects.filter(email=email, state=State.REVOKED, **own).order_by("pk").first()
    return revoked or Membership(email=email, **own)


def _taken(organization: access.Organization, email: str) -> Membership | None:
    here = Q(email=email, state=State.PENDING) | Q(user__email=email)
    return Membership.objects.filter(here, **access.column(organization)).first()


def _pending(place: Membership, *, by: User) -> Membership:
    mine = administrators.acting_place(place.organization, by=by)
    place = memberships.locked(place)
    if place.state != State.PENDING:
        state = place.get_state_display().lower()
        raise RuleBroken(f"The invitation of {place.email} is not open: the person is {state}.", status=409)
    if no := administrators.obstacle(place, mine=mine):
        raise RuleBroken(no, status=403)
    return place


def _send(place: Membership) -> None:
    token, token_hash = tokens.new()
    until = timezone.now() + tokens.life()
    with as_operator():  # invitations are answered without an account, so nobody reads or writes their links
        _void(place)
        InvitationLink.objects.create(membership=place, token_hash=token_hash, ends_at=until)
    scope = administrators.reach(place) if place.msp_id else ""
    people_emails.invited(place, token=token, until=until, scope=scope)


def _void(place: Membership) -> None:
    place.links.filter(voided_at=None).update(voided_at=timezone.now())


def _open_link(token: str, *, lock: bool = False) -> InvitationLink:
    whole = [f"membership__{name}" for name in ("role", "user", "msp", "reseller", "license_reseller", "customer")]
    rows = InvitationLink.objects.select_related("membership", *whole)
    rows = rows.select_for_update(of=("self",)) if lock else rows
    link = rows.filter(token_hash=tokens.hashed(token)).first()
    if link is None:
        raise tokens.Unknown
    is_over = link.used_at or link.voided_at or link.ends_at <= timezone.now()
    if is_over or link.membership.state != State.PENDING:
        name = link.membership.organization
        raise RuleBroken(f"This invitation no longer works. Ask {name} for a new one.", status=410)
    return link
