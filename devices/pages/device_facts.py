"""One device: where it came from, and what happened to it (words.md 3, P: the other side as an organization only)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from audit.models import Event, Side
from devices import approvals
from devices.models import Approval, Device, Upload
from tenants.models import Msp

_SHOWN = 20


@dataclass(frozen=True)
class Step:
    at: datetime
    who: str
    what: str


@dataclass(frozen=True)
class Facts:
    """`decided_by` is empty while the upload waits."""

    channel: str
    decided_by: str
    steps: list[Step]


def of(device: Device, *, reader: Side, msp: Msp | None) -> Facts:
    """Two queries: who decided, and the history. `device` has its approval and customer."""
    approval = device.approval
    decided = approval.state != Approval.State.PENDING
    return Facts(
        channel=str(Upload.Channel(approval.channel).label),
        decided_by=_decided_by(approval, reader=reader, msp=msp) if decided else "",
        steps=_steps(device, reader),
    )


def _decided_by(approval: Approval, *, reader: Side, msp: Msp | None) -> str:
    """What the own side sent, it approved by sending it."""
    if approval.reseller_id is None:
        return approval.sender_name
    return approvals.who_decided(approval, reader=reader, msp_id=msp.pk if msp else None)


def _steps(device: Device, reader: Side) -> list[Step]:
    """What happened to the device and to the upload that brought it, newest first."""
    about = Q(target_type="devices.device", target_id=str(device.pk))
    about |= Q(target_type="devices.approval", target_id=str(device.approval_id))
    about |= Q(target_type="devices.upload", target_id=str(device.approval.upload_id))
    events = Event.objects.filter(about, customer_id=device.customer_id).order_by("-at", "-pk")[:_SHOWN]
    names = {Side.RESELLER: device.approval.sender_name, Side.CUSTOMER: str(device.customer)}
    return [Step(one.at, one.who(reader=reader, names=names), one.sentence) for one in events]
