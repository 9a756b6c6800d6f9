"""What devices report: how commands went, and what happened without one (docs/agent-v1.md).

Runs in the agent's database role, so that a device speaks for nobody else. A state moves only where the service's
`Console` declares it; what is late, doubled or foreign changes nothing, and the device reads so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.acting import as_agent
from services import clocks, modules
from services.agents import NoAgent
from services.console import Action, Console
from services.engine import because
from services.models import Agent, Command, Enrollment, Report

DONE, FAILED, CANCELLED = Command.State.DONE, Command.State.FAILED, Command.State.CANCELLED
FOREIGN = "This device has no such command."
ANSWERED = "This command has ended already."
SAID = "This was reported already."
NOT_DECLARED = "The service does not know this event."
NOT_NOW = "The device is not in a state in which this counts."
NOT_IN = "The device is not in this service."


@dataclass
class Said:
    """What became of each part of a report."""

    accepted: list[int | str] = field(default_factory=list)
    ignored: list[dict[str, int | str]] = field(default_factory=list)

    def ignore(self, what: int | str, why: str) -> None:
        self.ignored.append({"id": what, "sentence": why})


def report(
    secret: str,
    *,
    answers: Sequence[Mapping[str, Any]] = (),
    events: Sequence[Mapping[str, Any]] = (),
    facts: Mapping[str, Mapping[str, Any]] | None = None,
) -> Said:
    """Take a report, events first. Raises NoAgent (401)."""
    digest = sha256(secret.encode()).digest()
    with transaction.atomic():
        clocks.speaks(digest)
        with as_agent(digest):
            agent = Agent.objects.filter(secret=digest).first()
            if agent is None:
                raise NoAgent
            agent.seen_at = timezone.now()
            agent.save(update_fields=["seen_at"])
            taking = _Taking(agent)
            for one in events:
                taking.event(one)
            for one in answers:
                taking.answer(one)
            for service, values in (facts or {}).items():
                taking.facts(service, values)
            return taking.said


class _Taking:
    """One report of one device, which is locked; then enrollments and commands, as everywhere (services/engine.py)."""

    def __init__(self, agent: Agent) -> None:
        self.agent, self.said = agent, Said()
        own = Enrollment.objects.filter(device=agent.device_id).order_by("pk")
        self.enrollments = {one.service: one for one in own.select_for_update(no_key=True)}

    def event(self, told: Mapping[str, Any]) -> None:
        console = modules.CONSOLES.get(told["service"])
        event = console.event(told["code"]) if console else None
        if console is None or event is None:
            self.said.ignore(told["id"], NOT_DECLARED)
        elif not self._is_new(told):
            self.said.ignore(told["id"], SAID)
        elif not self._move(console, f"{event.code} reported", event.states, event.to):
            self.said.ignore(told["id"], NOT_NOW)
        else:
            self.said.accepted.append(told["id"])

    def _is_new(self, told: Mapping[str, Any]) -> bool:
        """Note the event. Doubled ones of another request wait for the unique index."""
        at = datetime.fromisoformat(told["at"]).astimezone(UTC)
        report = Report(
            customer_id=self.agent.customer_id, device_id=self.agent.device_id, key=UUID(told["id"]),
            service=told["service"], code=told["code"], at=at,
        )  # fmt: skip
        known = Report.objects.filter(device=self.agent.device_id, key=report.key)
        if known.exists():
            return False
        Report.objects.bulk_create([report], ignore_conflicts=True)
        return True

    def answer(self, told: Mapping[str, Any]) -> None:
        command = Command.objects.select_for_update(no_key=True).filter(pk=told["id"]).first()
        if command is None or command.state == Command.State.WAITING:  # nobody answers what it was not told
            self.said.ignore(told["id"], FOREIGN)
        elif command.state != Command.State.SENT:
            self.said.ignore(told["id"], ANSWERED)
        else:
            command.state, command.detail = told["state"], told.get("detail", "")
            command.answered_at = timezone.now()
            command.save(update_fields=["state", "detail", "answered_at"])
            self._follow(command)
            self.said.accepted.append(told["id"])

    def _follow(self, command: Command) -> None:
        """What the answer means for the device's state in the service, and for its agent."""
        console = modules.CONSOLES.get(command.service)
        action = console.action(command.action) if console else None
        if console is None or action is None:  # it was declared when the command was given
            return
        done = command.state == DONE
        if done and action.wipes:
            self._erase()
        reason, version = f"{action.code} {command.state}", command.params.get("version") if done else None
        if command.state != CANCELLED or not self._refused(console, action, reason):
            to = action.done if done else action.failed
            self._move(console, reason, expected(console, action), to, version=version)

    def _erase(self) -> None:
        """The device comes back with another secret, and without what a reset takes; firmware and a plan stay."""
        self.agent.may_replace = True
        self.agent.save(update_fields=["may_replace"])
        lost = [one for one in self.enrollments.values() if modules.of(one.service).is_erased_by_a_reset]
        for enrollment in lost:
            enrollment.thing_version = None
        Enrollment.objects.bulk_update(lost, ["thing_version"])

    def _refused(self, console: Console, action: Action, reason: str) -> bool:
        """The person at the device said no to what it waits for, and the service has a state for that."""
        event = console.event(CANCELLED) if action.changes_state else None
        return event is not None and self._move(console, reason, event.states | {event.to}, event.to)

    def _move(self, console: Console, reason: str, states: frozenset[str], to: str, *, version: object = None) -> bool:
        enrollment = self.enrollments.get(console.service)
        if enrollment is None or enrollment.state not in states:
            return False
        enrollment.state = to or enrollment.state
        if isinstance(version, int) and enrollment.thing_id:
            enrollment.thing_version = version
        because(reason)
        enrollment.save(update_fields=["state", "thing_version"])
        return True

    def facts(self, service: str, values: Mapping[str, Any]) -> None:
        """Only those that the service lets devices report; the others are the portal's own."""
        console, enrollment = modules.CONSOLES.get(service), self.enrollments.get(service)
        known = {name: value for name, value in values.items() if console and name in console.reports}
        if enrollment is None or not known:
            self.said.ignore(service, NOT_IN)
            return
        enrollment.facts |= known
        enrollment.save(update_fields=["facts"])
        self.said.accepted.append(service)


def expected(console: Console, action: Action) -> frozenset[str]:
    """In which states the answer to an action still counts: where the action left the device, and where the device's
    own events may have brought it since."""
    states = {action.now} if action.now else set(action.states)
    while more := {one.to for one in console.events if one.states & states} - states:
        states |= more
    return frozenset(states)
