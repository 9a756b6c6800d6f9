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
from tenants import access, administrators, grants, memberships, people_emails, tokens
from tenants.models import Customer, InvitationLink, Membership, Msp, Role

type Scope = Membership.Scope
State = Membership.State


class AlreadyHere(RuleBroken):
    """The person works in this organization; `membership` is where to change the role (words.md invite.taken)."""

    def __init__(self, membership: Membership, email: str) -> None:
        sentence = f"{email} is already an administrator here. Open it to change the role."
        super().__init__(sentence, status=409, field="email")
        self.membership = membership


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
    """Mail a person the link that makes the membership active. An invitation that was revoked is opened again."""
    if isinstance(organization, Msp):
        grants.in_turn(organization.pk, alone=True)
    mine = administrators.acting_membership(organization, by=by)
    administrators.check_gift(role, scope, customers, mine=mine)
    membership = _membership(organization, email.strip().lower())
    membership.first_name, membership.last_name = first_name, last_name
    membership.role, membership.state = role, State.PENDING
    membership.scope = administrators.plain_scope(scope, customers)
    try:
        with transaction.atomic():
            membership.save()
    except IntegrityError:  # two invite the same person at once: the other one has done it
        raise AlreadyHere(_taken(organization, membership.email) or membership, membership.email) from None
    memberships.name_customers(membership, customers if membership.scope != Membership.Scope.ALL else ())
    _send(membership)
    memberships.record("person.invited", membership, by=by, role=role.name, scope=administrators.reach(membership))
    return membership


@transaction.atomic
def send_again(membership: Membership, *, by: User) -> Membership:
    """A new link; the old one stops working."""
    membership = _pending(membership, by=by)
    _send(membership)
    memberships.record("person.invited_again", membership, by=by)
    return membership


@transaction.atomic
def revoke(membership: Membership, *, by: User) -> Membership:
    """Take the invitation back. The link stops working."""
    membership = _pending(membership, by=by)
    membership.state = State.REVOKED
    membership.save(update_fields=["state"])
    with as_operator():
        _void(membership)
    memberships.record("person.revoked", membership, by=by)
    return membership


def newest_link(membership: Membership) -> InvitationLink | None:
    """The link that an invitation was sent with last, for its dates."""
    with as_operator():
        return membership.links.filter(voided_at=None).order_by("-pk").first()


def question(token: str) -> Membership:
    """The invitation behind a link. Raises RuleBroken where it has ended (410) or is none (404)."""
    with as_operator():
        return _open_link(token).membership


@transaction.atomic
def accept(token: str, *, password: str | None = None, by: User | None = None) -> User:
    """The person joins: `by`, who is signed in with the invited address, or somebody who sets a password now."""
    with as_operator():
        link, membership = _locked(token)
        if by and by.email.lower() != membership.email:
            raise RuleBroken("We sent this invitation to another address. Sign in with that one.", status=403)
        person = by or _account(membership, password=password)
        if administrators.membership_of(person, membership.organization):
            raise RuleBroken(f"{person.email} is already an administrator of {membership.organization}.", status=409)
        if Membership.objects.filter(user=person, **access.column(membership.organization)).exists():
            raise RuleBroken(f"{membership.organization} stopped your sign-in. Ask its super admin.", status=403)
        membership.user, membership.state, membership.joined_at = person, State.ACTIVE, timezone.now()
        membership.first_name, membership.last_name = person.first_name, person.last_name
        membership.save()
        link.used_at = timezone.now()
        link.save(update_fields=["used_at"])
        memberships.settle(membership)
        memberships.record("person.joined", membership, by=person, role=membership.role.name)
    return person


def _account(membership: Membership, *, password: str | None) -> User:
    """The link proves the address, not whose account that is: an account that is there joins after its sign-in."""
    if User.objects.by_email(membership.email):
        raise RuleBroken("You have an account already. Sign in, then open the link again.", status=409)
    country = str(membership.organization.country)
    return people.account(
        membership.email,
        password=password,
        first_name=membership.first_name,
        last_name=membership.last_name,
        country=country,
    )


def _membership(organization: access.Organization, email: str) -> Membership:
    """A new membership for this address, or the one whose invitation was revoked."""
    if taken := _taken(organization, email):
        raise AlreadyHere(taken, email)
    own = access.column(organization)
    revoked = Membership.objects.filter(email=email, state=State.REVOKED, **own).order_by("pk").first()
    return revoked or Membership(email=email, **own)


def _taken(organization: access.Organization, email: str) -> Membership | None:
    here = Q(email=email, state=State.PENDING) | Q(user__email=email)
    return Membership.objects.filter(here, **access.column(organization)).first()


def _pending(membership: Membership, *, by: User) -> Membership:
    mine = administrators.acting_membership(membership.organization, by=by)
    membership = memberships.locked(membership)
    if membership.state != State.PENDING:
        state = membership.get_state_display().lower()
        raise RuleBroken(f"The invitation of {membership.email} is not open: the person is {state}.", status=409)
    if no := administrators.obstacle(membership, mine=mine):
        raise RuleBroken(no, status=403)
    return membership


def _send(membership: Membership) -> None:
    token, token_hash = tokens.new()
    until = timezone.now() + tokens.life()
    with as_operator():  # invitations are answered without an account, so nobody reads or writes their links
        _void(membership)
        InvitationLink.objects.create(membership=membership, token_hash=token_hash, ends_at=until)
    scope = administrators.reach(membership) if membership.msp_id else ""
    people_emails.invited(membership, token=token, until=until, scope=scope)


def _void(membership: Membership) -> None:
    membership.links.filter(voided_at=None).update(voided_at=timezone.now())


def _locked(token: str) -> tuple[InvitationLink, Membership]:
    """The membership first, as everywhere, then its link as it is now: it may have been used or replaced meanwhile."""
    membership = memberships.locked(_open_link(token).membership)
    return _open_link(token), membership


def _open_link(token: str) -> InvitationLink:
    whole = [f"membership__{name}" for name in ("role", "user", "msp", "reseller", "license_reseller", "customer")]
    rows = InvitationLink.objects.select_related("membership", *whole)
    link = rows.filter(token_hash=tokens.hashed(token)).first()
    if link is None:
        raise tokens.Unknown
    is_over = link.used_at or link.voided_at or link.ends_at <= timezone.now()
    if is_over or link.membership.state != State.PENDING:
        name = link.membership.organization
        raise RuleBroken(f"This invitation no longer works. Ask {name} for a new one.", status=410)
    return link
