"""Links with which customers answer, and end management: sent, found, checked (words.md 3.3 link.*)."""

from datetime import datetime

from django.utils import timezone

from accounts import preferences
from onboarding.models import Delink, Link, ManagementRequest, Receipt
from rules import settings as rule
from rules.errors import RuleBroken
from tenants import tokens
from tenants.models import Customer, Membership, Msp
from tenants.times import written


def send(about: ManagementRequest | Delink | Receipt, *, to: str, ends_at: datetime | None) -> str:
    """Make the link that goes to `to`, and void the ones that went before. Runs as the operator."""
    purpose, own = _kind(about)
    Link.objects.filter(**own, voided_at=None).update(voided_at=timezone.now())
    token, token_hash = tokens.new()
    Link.objects.create(purpose=purpose, token_hash=token_hash, sent_to=to, ends_at=ends_at, **own)
    return token


def find(token: str, purpose: Link.Purpose) -> Link:
    """The link behind a token, whatever became of it. Raises RuleBroken (404) for a forged one."""
    about = (
        "request__msp",
        "request__customer",
        "delink__msp",
        "delink__customer",
        "receipt__msp",
        "receipt__customer",
    )
    link = Link.objects.select_related(*about).filter(token_hash=tokens.hashed(token), purpose=purpose).first()
    if link is None:
        raise tokens.Unknown
    return link


def check_running(link: Link, until: datetime, *, customer: Customer, msp: Msp) -> None:
    """Refuse a link that a newer one replaced, or whose time is over."""
    zone = preferences.zone(str(customer.country))
    if link.voided_at:
        raise RuleBroken(
            f"A newer email replaced this link on {written(link.voided_at, zone)}. Open the newest email from us with "
            "the same subject.",
            status=410,
        )
    if until <= timezone.now():
        raise RuleBroken(
            f"This link ended on {written(until, zone)}. Links work for {rule.number('link_days')} days. "
            f"Nothing changed at {customer}. Ask {msp} for a new one.",
            status=410,
        )


def who_knows(customer: Customer, msp: Msp) -> str:
    """Whom to ask for an answer that a used link does not tell, because people forward links.

    A customer with No access may have no super admin. Runs as the operator.
    """
    people = Membership.objects.super_admins().filter(customer=customer, state=Membership.State.ACTIVE)
    return f"The super admin of {customer}" if people.exists() else str(msp)


def _kind(about: ManagementRequest | Delink | Receipt) -> tuple[Link.Purpose, dict[str, object]]:
    match about:
        case ManagementRequest():
            return Link.Purpose.CONSENT, {"request": about}
        case Delink():
            return Link.Purpose.DELINK, {"delink": about}
        case _:
            return Link.Purpose.END, {"receipt": about}
