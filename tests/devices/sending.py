"""Files as tests send them, and the worker's steps done in place."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any

from accounts.acting import acting_as, as_operator, as_reseller
from accounts.models import User
from devices import resellers, uploads
from devices.identifiers import check_digit
from devices.models import Approval, Upload
from rules.errors import RuleBroken
from tenants.models import Customer
from tests.world import World

EUROPE, AMERICA = "35214300", "35214301"
"""TACs of the Galaxy S24: SM-S921B, SM-S921U."""
SERIAL, MEID = "R58M12ABCDE", "A0000012345678"


def imei(number: int, tac: str = EUROPE) -> str:
    """A right IMEI; each number is another one."""
    fourteen = f"{tac}{number:06d}"
    return fourteen + check_digit(fourteen)


def imeis(count: int, *, first: int = 0, tac: str = EUROPE) -> list[str]:
    return [imei(first + number, tac) for number in range(count)]


def csv(lines: Iterable[str]) -> list[bytes]:
    return ["".join(f"{line}\n" for line in lines).encode()]


def sent(
    by: User, lines: Iterable[str], *, role: Callable[[], AbstractContextManager[None]] = nullcontext, **whose: Any
) -> Upload:
    """A file that was received and not looked into yet."""
    with acting_as(by), role():
        return uploads.receive(csv(lines), by=by, **({"name": "devices.csv"} | whose))


def checked(by: User, lines: Iterable[str], **whose: Any) -> Upload:
    upload = sent(by, lines, **whose)
    uploads.check(upload.pk)
    return again(upload)


def added(by: User, lines: Iterable[str], *, all_or_nothing: bool = False, **whose: Any) -> Upload:
    """Sent, checked and, whatever could be, added."""
    upload = checked(by, lines, **whose)
    with acting_as(by):
        uploads.apply(upload, by=by, all_or_nothing=all_or_nothing)
    uploads.add(upload.pk)
    return again(upload)


def from_reseller(world: World, lines: Iterable[str], **whose: Any) -> Upload:
    """What Rita sends is checked and added without asking."""
    upload = sent(world.rita, lines, role=as_reseller, reseller=world.reseller, add_at_once=True, **whose)
    uploads.check(upload.pk)
    uploads.add(upload.pk)
    return again(upload)


def waiting(world: World, lines: Iterable[str], *, customer: Customer, **whose: Any) -> Approval:
    """What Rita's company sent for a customer of its list, and what waits there for a decision."""
    with acting_as(world.rita), suppress(RuleBroken):  # it is on the list already
        resellers.add_customer(world.reseller, customer.kcs_id, by=world.rita)
    upload = from_reseller(world, lines, target=customer, **whose)
    with as_operator():
        return Approval.objects.select_related("customer").get(upload=upload)


def again(upload: Upload) -> Upload:
    """The upload as it is now."""
    with as_operator():
        return Upload.objects.get(pk=upload.pk)
