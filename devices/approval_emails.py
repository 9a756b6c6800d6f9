"""The letters about what waits for approval (words.md 4.2): to the customer's side, and back to the one who sent it."""

from django.conf import settings
from django.urls import reverse

from accounts import mail_choices
from accounts.acting import as_operator
from accounts.models import User
from devices.models import Approval, Device
from mail import outbox
from tenants import access
from tenants.models import Customer, Membership, Msp
from tenants.teams import UPLOADS, readers
from tenants.times import written


def received(approval: Approval) -> None:
    """Devices wait: to the people of the customer's MSP who may approve, to the customer's own, or to both."""
    with as_operator():  # the reseller, whose upload it is, knows neither the customer's name nor its people
        approval = _whole(approval)
        people = readers(approval.customer, may=access.APPROVE)
        for person, stop in mail_choices.readers(people, UPLOADS):
            _received(approval, people[person], person, stop=stop)


def decided(approval: Approval) -> None:
    """Approved or rejected: to the one who uploaded, without a word about who decided."""
    with as_operator():  # the upload and its person are the reseller's
        approval = _whole(approval)
        person = approval.upload.uploaded_by
        if person is None or approval.decided_at is None or not _still_sends(person, approval):
            return
        outbox.write(
            "devices/email/upload_decided",
            to=person.email,
            name=person.first_name,
            why="you sent this upload",
            about=[approval.customer.kcs_id],
            has_settings=True,
            context={
                "approval": approval,
                "kcs_id": approval.customer.kcs_id,
                "count": Device.objects.filter(approval=approval).count(),
                "rejected": approval.state == Approval.State.REJECTED,
                "at": written(approval.decided_at, person.zone),
                "button_url": settings.PORTAL_URL + reverse("reseller-upload", args=[approval.upload_id]),
            },
        )


def _still_sends(person: User, approval: Approval) -> bool:
    """Who left the reseller since then hears no more of its customers."""
    own = Membership.objects.filter(user=person, reseller=approval.reseller_id, state=Membership.State.ACTIVE)
    return own.exists()


def _received(approval: Approval, msp: Msp | None, person: User, *, stop: str) -> None:
    customer = approval.customer
    outbox.write(
        "devices/email/upload_received",
        to=person.email,
        name=person.first_name,
        why=f"you approve uploads for {customer}",
        about=[customer.kcs_id],
        between=(msp.public_id, customer.kcs_id) if msp else None,
        context={
            "approval": approval,
            "customer": customer,
            "upload": approval.upload,
            "at": written(approval.sent_at, person.zone),
            "button_url": settings.PORTAL_URL + _page(approval, customer, msp),
        },
        stop=stop,
    )


def _page(approval: Approval, customer: Customer, msp: Msp | None) -> str:
    if msp:
        return reverse("approval", args=[customer.kcs_id, approval.pk])
    return reverse("admin-portal-approval", args=[approval.pk])


def _whole(approval: Approval) -> Approval:
    return Approval.objects.select_related("customer", "upload__uploaded_by").get(pk=approval.pk)
