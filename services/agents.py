"""The agents of devices: how one becomes known, and what it is told when it checks in (docs/agent-v1.md).

An agent proves itself by a secret that the device made up; the portal keeps its SHA-256. Enrolling looks beyond that
and runs as the operator; from then on everything happens in the agent's own database role.
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.acting import as_agent, as_operator
from accounts.models import User
from devices.identifiers import COLUMNS
from devices.models import Device, EnrollmentCode
from rules import settings
from rules.errors import RuleBroken
from services import commands, history, modules
from services.models import Agent, Enrollment

INTERVAL = "checkin_seconds"


class Unknown(RuleBroken):
    """The same for a wrong code and for a device that the code's customer does not have."""

    def __init__(self) -> None:
        super().__init__("This code is not for this device. Ask the administrator for the code.", status=404)


class NoAgent(RuleBroken):
    def __init__(self) -> None:
        super().__init__("No agent has this secret. Enroll first.", status=401)


@dataclass(frozen=True)
class CheckIn:
    """What a device is told: its number, what it shall do, and when it shall come back (seconds)."""

    device: int
    commands: list[dict[str, Any]]
    interval: int
    is_quick: bool = False
    """It was here within the last two seconds."""


def enroll(code: str, *, identifier: str, secret: str, firmware: str = "", version: str = "") -> CheckIn:
    """Let the agent of this device in. The same again answers the same.

    Raises RuleBroken: 404 for a wrong code or device, 409 where another agent speaks for the device.
    """
    with as_operator():
        device = _device(code, identifier)
        told = {"firmware": firmware, "version": version}
        try:
            with transaction.atomic():
                _let_in(device, sha256(secret.encode()).digest(), told)
        except IntegrityError:
            raise RuleBroken("Another device has this secret. Make a new one.", status=409) from None
        return CheckIn(device.pk, [], settings.number(INTERVAL))


def _device(code: str, identifier: str) -> Device:
    """The verified device with this identifier of the code's customer, locked: agents of one device come in turn."""
    wanted = identifier.strip().upper()
    column = COLUMNS.get(len(wanted))
    if column is None:
        raise Unknown
    customer = EnrollmentCode.objects.filter(code=code).values("customer")
    own = Device.objects.filter(**{column: wanted}, customer__in=customer, state=Device.State.VERIFIED)
    device = own.select_for_update(of=("self",), no_key=True).first()
    if device is None:
        raise Unknown
    return device


def _let_in(device: Device, digest: bytes, told: dict[str, str]) -> None:
    agent = Agent.objects.filter(device=device).first()
    if agent is None:
        Agent.objects.create(customer_id=device.customer_id, device=device, secret=digest, **told)
        return
    is_same = bytes(agent.secret) == digest
    if not (is_same or agent.may_replace):
        raise RuleBroken(
            f"An agent speaks for {device} already. Allow another one in the portal, or reset the device there.",
            status=409,
        )
    # A doubled enroll of the agent before a reset leaves the permission for the one after it.
    may_replace = agent.may_replace and is_same
    Agent.objects.filter(pk=agent.pk).update(secret=digest, may_replace=may_replace, seen_at=timezone.now(), **told)
    if not is_same:
        _send_again(device)


def _send_again(device: Device) -> None:
    """It comes back from a factory reset, and what it shall do next was erased with the rest."""
    own = Enrollment.objects.filter(device=device).order_by("pk").select_for_update(no_key=True)
    for enrollment in own:
        console = modules.CONSOLES.get(enrollment.service)
        if console and any(one.wipes and one.done == enrollment.state for one in console.actions):
            commands.send_again(console, [device.pk])


@transaction.atomic
def allow_replacing(device: Device, *, by: User) -> None:
    """Let the next agent that enrolls with the customer's code speak for the device. Raises RuleBroken."""
    agent = Agent.objects.select_for_update(no_key=True).filter(device=device).first()
    if agent is None:
        raise RuleBroken(f"No agent speaks for {device} yet. The first one needs no permission.", status=409)
    agent.may_replace = True
    agent.save(update_fields=["may_replace"])
    history.record("service.agent_replaced", device, customer_id=device.customer_id, by=by)


# Who it is, that it was seen, what waits (migration 0003).
_CHECK_IN = "SELECT device, is_quick, todo, seconds FROM services_check_in(%s, %s)"
_NOBODY: tuple[Any, ...] = (None, False, "[]", 0)


def check_in(secret: str, *, firmware: str | None = None, version: str | None = None) -> CheckIn:
    """The device is there: what shall it do? Raises NoAgent (401). To be called outside of a transaction."""
    digest = sha256(secret.encode()).digest()
    with as_agent(digest), connection.cursor() as cursor:
        cursor.execute(_CHECK_IN, [firmware, version])
        device, is_quick, waiting, interval = cursor.fetchone() or _NOBODY
    if device is None:
        raise NoAgent
    return CheckIn(device, json.loads(waiting), interval, is_quick)
