"""The letters between an MSP and a customer (words.md 4): request, receipt, access, delink, ending.

To the customer: its super admin, known as the contact person's address. To the MSP: the leads, who read the
customer's name, never a person of the other side. A link that decides goes to one address, never in copy.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts import preferences
from accounts.models import User
from mail import outbox
from onboarding import receipt_pdf
from onboarding.models import Delink, ManagementRequest, Receipt
from tenants.models import Access, Customer, Management, Msp
from tenants.teams import leads
from tenants.times import day, written, written_for_guests


def request(asked: ManagementRequest, token: str, *, replaces: datetime | None) -> None:
    zone = _zone(asked.customer)
    _to_customer(
        "consent_request",
        asked.customer,
        msp=asked.msp,
        services=", ".join(asked.service_names),
        access=asked.get_access_display(),
        closes=asked.access == Access.NONE,
        until=written_for_guests(asked.ends_at, zone),
        replaces=day(replaces, zone) if replaces else "",
        button_url=_address("consent", token),
    )


def reminder(asked: ManagementRequest) -> None:
    zone = _zone(asked.customer)
    until, date = written_for_guests(asked.ends_at, zone), day(asked.asked_at, zone)
    _to_customer("consent_reminder", asked.customer, msp=asked.msp, until=until, date=date)


def withdrawn(asked: ManagementRequest) -> None:
    date = day(asked.asked_at, _zone(asked.customer))
    _to_customer("consent_withdrawn", asked.customer, msp=asked.msp, date=date)


def answered(asked: ManagementRequest) -> None:
    """To the leads: approved or refused, and the note that was written for them."""
    approved = asked.state == ManagementRequest.State.APPROVED
    _to_leads(
        "consent_answered",
        asked.msp,
        asked.customer,
        starter=asked.asked_by,
        at=asked.answered_at,
        approved=approved,
        note=asked.note,
        services=", ".join(asked.receipt.service_names) if approved else "",
        button_url=_address("customer", asked.kcs_id) if approved else "",
    )


def expired(asked: ManagementRequest) -> None:
    url = _address("request-list")
    _to_leads("consent_expired", asked.msp, asked.customer, starter=asked.asked_by, at=asked.ends_at, button_url=url)


def closed(asked: ManagementRequest) -> None:
    url = _address("customer-list")
    _to_leads("consent_closed", asked.msp, asked.customer, starter=asked.asked_by, at=asked.asked_at, button_url=url)


def receipt(kept: Receipt, end_token: str) -> None:
    """To the customer, with the link that ends management; to the MSP's leads without it and without the person."""
    zone = _zone(kept.customer)
    end_link = _address("management-end", end_token)
    about: dict[str, Any] = {
        "receipt": kept,
        "services": ", ".join(kept.service_names),
        "closes": kept.access == Access.NONE,
    }
    _to_customer(
        "consent_receipt",
        kept.customer,
        msp=kept.msp,
        attachment=(f"receipt-{kept.number}.pdf", receipt_pdf.make(kept, for_customer=True)),
        at=written_for_guests(kept.approved_at, zone),
        end_link=end_link,
        button_url=_address("receipt", end_token),
        **about,
    )
    _to_leads(
        "consent_receipt_msp",
        kept.msp,
        kept.customer,
        starter=kept.request.asked_by,
        at=kept.approved_at,
        attachment=(f"receipt-{kept.number}.pdf", receipt_pdf.make(kept, for_customer=False)),
        button_url=_address("customer-receipt", kept.customer.kcs_id),
        **about,
    )


def access_given(management: Management, *, by: User, to_customer: bool = True) -> None:
    if to_customer:
        _to_customer("access_given", management.customer, msp=management.msp, button_url=_address("admin-portal-home"))
    _to_leads(
        "access_given_msp",
        management.msp,
        management.customer,
        starter=by,
        at=management.customer.modified_at,
        person=by,
        button_url=_address("customer", management.customer.kcs_id),
    )


def delink_request(delink: Delink, token: str) -> None:
    until = written_for_guests(delink.link_ends_at, _zone(delink.customer))
    _to_customer("delink_request", delink.customer, msp=delink.msp, until=until, button_url=_address("delink", token))


def delink_answered(delink: Delink) -> None:
    approved = delink.state == Delink.State.APPROVED
    if approved:
        at = written_for_guests(_known(delink.answered_at), _zone(delink.customer))
        url = _address("admin-portal-home")
        _to_customer("management_over", delink.customer, msp=delink.msp, at=at, button_url=url)
    _to_leads(
        "delink_answered",
        delink.msp,
        delink.customer,
        starter=delink.asked_by,
        at=delink.answered_at,
        approved=approved,
        button_url=_address("customer-list") if approved else _address("customer", delink.customer.kcs_id),
    )


def delink_taken_back(delink: Delink) -> None:
    _to_customer("delink_taken_back", delink.customer, msp=delink.msp)


def wish(asked: Delink) -> None:
    """A customer with access asks for the end: the leads decide."""
    url = _address("customer-delink", asked.customer.kcs_id)
    _to_leads("delink_wanted", asked.msp, asked.customer, at=asked.asked_at, button_url=url)


def wish_taken_back(asked: Delink) -> None:
    url = _address("customer", asked.customer.kcs_id)
    _to_leads("delink_wanted_no_more", asked.msp, asked.customer, at=asked.asked_at, button_url=url)


def wish_rejected(asked: Delink) -> None:
    url = _address("admin-portal-home")
    _to_customer("end_rejected", asked.customer, msp=asked.msp, reason=asked.reason, button_url=url)


def ending(management: Management, *, by_link: bool) -> None:
    """Both sides read when it ends; the customer, that it can be taken back until then: where it was ended."""
    at = written_for_guests(_known(management.ending_at), _zone(management.customer))
    url = "" if by_link else _address("admin-portal-home")
    _to_customer("management_ending", management.customer, msp=management.msp, at=at, button_url=url)
    url = _address("customer", management.customer.kcs_id)
    _to_leads("management_ending_msp", management.msp, management.customer, at=management.ending_at, button_url=url)


def kept(management: Management) -> None:
    _to_customer("management_kept", management.customer, msp=management.msp)
    url = _address("customer", management.customer.kcs_id)
    _to_leads("management_kept", management.msp, management.customer, at=None, button_url=url)


def ended(management: Management) -> None:
    at = written_for_guests(_known(management.ended_at), _zone(management.customer))
    url = _address("admin-portal-home")
    _to_customer("management_over", management.customer, msp=management.msp, at=at, button_url=url)
    url = _address("customer-list")
    _to_leads("management_over_msp", management.msp, management.customer, at=management.ended_at, button_url=url)


def _to_customer(
    letter: str, customer: Customer, *, msp: Msp, attachment: tuple[str, bytes] | None = None, **context: Any
) -> None:
    outbox.write(
        f"onboarding/email/{letter}",
        to=customer.contact_email,
        name=customer.contact_first_name,
        why=f"you are the super admin or contact person of {customer}",
        about=[customer.kcs_id],
        context={"customer": customer, "msp": msp, **context},
        attachment=attachment,
    )


def _to_leads(  # noqa: PLR0913  (a letter has this many sides)
    letter: str,
    msp: Msp,
    customer: Customer,
    *,
    at: datetime | None,
    starter: User | None = None,
    attachment: tuple[str, bytes] | None = None,
    **context: Any,
) -> None:
    for person in leads(msp, starter=starter):
        outbox.write(
            f"onboarding/email/{letter}",
            to=person.email,
            name=person.first_name,
            why=f"you started this at {msp}" if person == starter else f"you are super admin of {msp}",
            about=[customer.kcs_id],
            context={"customer": customer, "msp": msp, "at": written(at, person.zone) if at else "", **context},
            between=(msp.public_id, customer.kcs_id),
            attachment=attachment,
        )


def _address(name: str, *args: object) -> str:
    return f"{settings.PORTAL_URL}{reverse(name, args=args)}"


def _zone(customer: Customer) -> Any:
    return preferences.zone(str(customer.country))


def _known(at: datetime | None) -> datetime:
    assert at  # noqa: S101  (constraints: an answered one has a time)
    return at
