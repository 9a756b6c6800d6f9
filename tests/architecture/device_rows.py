"""A row in each table of devices, for the tests of the walls: an upload of an MSP, one of a reseller, and a phone's."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.acting import as_operator
from accounts.models import User
from devices.models import (
    Approval,
    BulkAct,
    Device,
    DeviceModel,
    EnrollmentCode,
    GoodLines,
    ResellerCustomer,
    Upload,
    UploadContent,
    UploadLine,
)
from tenants.models import Customer, Reseller
from tests import world as cast
from tests.world import World

Channel, State = Upload.Channel, ResellerCustomer.State


@dataclass
class Rows:
    """Otto's Handel is a second reseller, with an upload for the same customer as Rita's Resell."""

    otto: User
    handel: Reseller
    sent_by_msp: Approval
    sent_by_rita: Approval
    sent_by_otto: Approval
    sent_by_phone: Approval


def fill(world: World) -> Rows:
    otto, handel = cast.second_reseller(world)
    with as_operator():
        _known(world.first, world.reseller, State.ACTIVE)
        _known(world.first, handel, State.PENDING)
        _known(world.second, world.reseller, State.INACTIVE)
        act = {"label": "Tag", "right": "manage_customer", "worker": "none", "total": 1, "until": 1}
        BulkAct.objects.create(customer=world.first, by=world.alice, **act)
        EnrollmentCode.objects.create(customer=world.contoso, code="code-of-contoso", made_by=world.carl)
        return Rows(
            otto,
            handel,
            _sent(world.first, "490154203237518", customer=world.first, channel=Channel.MSP, approved=True),
            _sent(world.first, "490154203237526", reseller=world.reseller, channel=Channel.RESELLER),
            _sent(world.first, "490154203237534", reseller=handel, channel=Channel.RESELLER),
            _sent(world.contoso, "490154203237542", customer=world.contoso, channel=Channel.APP, approved=True),
        )


def mark(customer: Customer, reseller: Reseller, words: str) -> None:
    """The same for one customer and a reseller of its own, with `words` in every text, for tests of leaks."""
    with as_operator():
        _known(customer, reseller, State.ACTIVE)
        _sent(customer, "490154203237559", words=words, customer=customer, channel=Channel.MSP, approved=True)
        _sent(customer, "490154203237567", words=words, reseller=reseller, channel=Channel.RESELLER)


def _known(customer: Customer, reseller: Reseller, state: State) -> None:
    ResellerCustomer.objects.create(
        customer=customer, reseller=reseller, kcs_id=customer.kcs_id, reseller_name=reseller.name, state=state
    )


def _sent(target: Customer, imei: str, *, approved: bool = False, words: str = "", **sender: Any) -> Approval:
    """An upload of one line, its piece of a file, its approval and its device."""
    now, side = timezone.now(), {one: sender.get(one) for one in ("customer", "reseller")}
    upload = Upload.objects.create(
        target=target,
        file_name=f"{words}.csv",
        order_number=words,
        tags=[words],
        profile=words,
        file_hash="0" * 64,
        size=16,
        lines=1,
        added=1,
        **sender,
    )
    UploadContent.objects.create(upload=upload, number=1, content=imei.encode(), **side)
    UploadLine.objects.create(
        upload=upload,
        number=1,
        sender_customer=side["customer"],
        reseller=side["reseller"],
        typed=imei,
        customer=target,
    )
    GoodLines.objects.create(
        upload=upload,
        first=2,
        last=2,
        sender_customer=side["customer"],
        reseller=side["reseller"],
        customer=target,
        order_number=words,
        numbers=[2],
        identifiers=[imei],
        model_ids=[1],
    )
    approval = Approval.objects.create(
        customer=target,
        upload=upload,
        reseller=side["reseller"],
        sender_name=f"Sender {words}",
        profile=words,
        channel=upload.channel,
        state=Approval.State.APPROVED if approved else Approval.State.PENDING,
        decided_at=now if approved else None,
        devices=1,
    )
    state = Device.State.VERIFIED if approved else Device.State.PENDING
    device(approval, imei, state=state, order_number=words, tags=[words]).save()
    return approval


def device(approval: Approval, imei: str, **other: Any) -> Device:
    """A device of this approval, not saved; `other` puts something foreign in it."""
    own = {
        "approval_id": approval.pk,
        "customer_id": approval.customer_id,
        "reseller_id": approval.reseller_id,
        "model": DeviceModel.objects.get(code="SM-S921B"),
        "added_at": timezone.now(),
        "modified_at": timezone.now(),
    }
    return Device(imei=imei, **(own | other))
