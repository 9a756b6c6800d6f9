"""For each source: how its fact comes about, and how it is mended. As people and clocks do it, where that is short."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import time_machine
from django.utils import timezone
from post_office.models import STATUS, Email

from accounts.acting import acting_as, as_operator
from audit import events
from devices import approvals
from devices.models import Device
from licensing import licenses, seats, trials
from licensing.models import LedgerDifference, License
from onboarding import access_changes, consents, endings, requests, wishes
from services import claims
from services.models import Agent
from tenants import managements, memberships
from tenants.models import Access, Customer, KnoxService, Management
from tests import world as cast
from tests.devices.sending import added, imei, waiting
from tests.licensing.ground import devices, entered, sold
from tests.mail.letters import newest_token
from tests.services import covering
from tests.services.ground import Ground, ground
from tests.world import World

KC = KnoxService.CONFIGURE


class Cause(NamedTuple):
    kind: str
    happens: Callable[[World], Any]
    is_mended: Callable[[World, Any], object]
    """Gets what `happens` returned."""


def _as_alice(world: World, act: Callable[..., Any], *args: Any, **more: Any) -> Any:
    with acting_as(world.alice):
        return act(*args, by=world.alice, **more)


def management(world: World, customer: Any) -> Management:
    with as_operator():
        return Management.objects.select_related("customer", "msp").get(customer=customer, ended_at=None)


def _license(world: World, *, days: float, used: int = 0, seats_there: int = 10) -> License:
    """That ends in so many days (ended, where it is negative)."""
    begin = timezone.now() + timedelta(days=days - 365)
    with time_machine.travel(begin):
        license = entered(world, seats=seats_there)
    if used:
        with time_machine.travel(begin + timedelta(days=2)):
            _take(world, license, used)
    return license


def _take(world: World, license: License, number: int) -> License:
    _as_alice(world, seats.take, license, devices(world.first, number))
    return license


def _extend(world: World, license: License) -> None:
    _as_alice(world, licenses.extend, license, sold(world))


def _delete(world: World, license: License) -> None:
    _as_alice(world, licenses.delete, license)


def _free(world: World, license: License) -> None:
    with as_operator():
        license.seats_in_use.all().delete()


def _trial(world: World) -> License:
    with time_machine.travel(timezone.now() - timedelta(days=80)):
        return _as_alice(world, trials.start, world.first, service=KC)


def _broken(world: World) -> Ground:
    made = ground(world)
    made.force("error")
    return made


def _silent(world: World) -> Device:
    (device,) = devices(world.first, 1)
    with as_operator():
        long_ago = timezone.now() - timedelta(days=8)
        Agent.objects.create(customer=world.first, device=device, secret=b"x" * 32, seen_at=long_ago)
    return device


def _seen(world: World, device: Device) -> None:
    with as_operator():
        Agent.objects.filter(device=device).update(seen_at=timezone.now())


def _ask(world: World, **more: Any) -> Any:
    wanted = {"msp": world.aurora, "services": [KC], "access": Access.NONE} | more
    return _as_alice(world, requests.ask, world.contoso.kcs_id, **wanted)


def _ask_long_ago(world: World) -> Any:
    with time_machine.travel(timezone.now() - timedelta(days=6)):
        return _ask(world)


def _refused(world: World) -> None:
    _ask(world)
    consents.refuse(newest_token("consent", "carl@contoso.example"))


def _approve(world: World, _: Any) -> None:
    consents.approve(newest_token("consent", "carl@contoso.example"), person="Carl")


def _delink(world: World) -> Management:
    own = management(world, world.first)
    _as_alice(world, endings.ask, own)
    return own


def _refused_delink(world: World) -> Management:
    own = _delink(world)
    endings.refuse(newest_token("delink", "contact@fjordlinefreight.example"))
    return own


def _wanted(world: World) -> Management:
    customer = cast.full_access(world.aurora, world.alice, "Open Company")
    olga = cast.person("olga@opencompany.example")
    with as_operator():
        memberships.join(olga, customer.roles.super_admin(), by=olga)
        managements.open_consoles(customer)
    own = management(world, customer)
    with acting_as(olga):
        wishes.ask(own, by=olga)
    return own


def _leaving(world: World) -> Management:
    """Contoso ends it with the link of its receipt."""
    _ask(world)
    _approve(world, None)
    own = management(world, world.contoso)
    endings.start(own, by=None)
    return own


def _left(world: World) -> None:
    own = _leaving(world)
    with as_operator():
        endings.end(own)


def _given(world: World) -> Management:
    own = management(world, world.first)
    _as_alice(world, access_changes.give_full, own, typed=world.first.name)
    return own


def _later(days: int) -> Callable[[World, Any], object]:
    """Time alone mends it: the test counts at that time."""
    return lambda world, made: timedelta(days=days)


def _close_claim(world: World, claim: Any) -> None:
    _as_alice(world, claims.complete, claim, result="Repaired")


def _differs(world: World) -> LedgerDifference:
    license = entered(world)
    with as_operator():
        return LedgerDifference.objects.create(customer=world.first, license=license, used=1, seats=2, entries=2)


def _equal(world: World, difference: LedgerDifference) -> None:
    with as_operator():
        LedgerDifference.objects.filter(pk=difference.pk).update(ended_at=timezone.now())


def _seatless(world: World) -> None:
    events.record(
        "service.differs", world.first, by=None, customer_id=world.first.pk, service="Knox Configure", devices=3
    )


def bounced(to: str, **headers: str) -> Email:
    return Email.objects.create(
        from_email="no-reply@knox-msp.example", to=[to], subject="x", status=STATUS.failed, headers=headers or None
    )


def bounced_of(customer: Customer) -> Email:
    """A letter to the customer's contact person."""
    return bounced(customer.contact_email, **{"X-Knox-About": customer.kcs_id})


def _about(world: World) -> Email:
    between = f"{world.aurora.public_id} {world.first.kcs_id}"
    return bounced("alice@aurora.example", **{"X-Knox-Between": between})


def _deliver(world: World, email: Email) -> None:
    Email.objects.filter(pk=email.pk).update(status=STATUS.sent)


def _faulty(world: World) -> None:
    added(world.alice, [imei(1), "nonsense"], customer=world.first)


CAUSES = [
    Cause(
        "upload_waiting", lambda world: waiting(world, [imei(3)], customer=world.first),
        lambda world, approval: _as_alice(world, approvals.approve, approval),
    ),
    Cause("upload_errors", _faulty, lambda world, _: added(world.alice, [imei(2)], customer=world.first)),
    Cause("license_ending", lambda world: _license(world, days=80), _extend),
    Cause("trial_ending", _trial, _delete),
    Cause("license_ended", lambda world: _license(world, days=-3, used=2), _extend),
    Cause("seats_low", lambda world: _take(world, entered(world), 9), _free),
    Cause("seats_full", lambda world: _take(world, entered(world, seats=1), 1), _free),
    Cause("ledger_differs", _differs, _equal),
    Cause("seats_missing", _seatless, _later(2)),
    Cause("devices_attention", _broken, lambda world, made: made.force("configured")),
    Cause("devices_silent", _silent, _seen),
    Cause("claim_open", covering.claim, _close_claim),
    Cause("consent_waiting", _ask, _approve),
    Cause("consent_ending", _ask_long_ago, lambda world, request: _as_alice(world, requests.withdraw, request)),
    Cause("consent_refused", _refused, _later(15)),
    Cause("delink_waiting", _delink, lambda world, own: _as_alice(world, endings.take_back, own)),
    Cause("delink_wanted", _wanted, lambda world, own: _as_alice(world, wishes.reject, own, reason="Not yet.")),
    Cause("delink_refused", _refused_delink, _later(15)),
    Cause("management_ending", _leaving, lambda world, own: endings.keep(own, by=None)),
    Cause("management_ended", _left, _later(15)),
    Cause("access_changed", _given, _later(15)),
    Cause("mail_to_contact", lambda world: bounced_of(world.first), _deliver),
    Cause("mail_to_team", _about, _deliver),
]  # fmt: skip
