"""Seats for very many devices: a worker gives them in blocks."""

from django.db.models import QuerySet

from accounts.models import User
from devices import bulk_acts, picked_devices
from devices.bulk_acts import Outcome, Work
from devices.inventory import Some
from devices.models import BulkAct, Device
from licensing import offers, parties, seats
from licensing.models import License
from rules.errors import RuleBroken
from tenants import access

WORKER = "licensing.tasks.seat_many"


def ask(license: License, devices: QuerySet[Device], typed: str, *, count: int, by: User) -> BulkAct:
    """Let a worker do it. `typed` is the search that picked them.

    Raises RuleBroken where the license takes no devices, or has fewer seats than this needs.
    """
    parties.check(license.customer, by=by)
    seats.check_takes(license, by=by)
    seats.check_left(license, count, before=license.left, by=by)
    return bulk_acts.ask(
        license.customer,
        devices,
        total=count,
        label=f"Assign {license}",
        right=access.LICENSES,
        worker=WORKER,
        params={"license": license.pk, "q": typed},
        back=["licenses"],
        by=by,
    )


def _license(act: BulkAct) -> License:
    """Raises RuleBroken where somebody deleted it meanwhile."""
    license = License.objects.kept().filter(customer=act.customer, pk=act.params["license"]).first()
    if license is None:
        raise RuleBroken("This license is not there any more, so it stopped here.")
    return license


def _devices(act: BulkAct) -> QuerySet[Device]:
    return offers.matching(offers.devices_without_a_seat(_license(act)), act.params["q"])


def _do(act: BulkAct, ids: list[int]) -> Outcome:
    """Raises RuleBroken where seats run out, or the license is not the MSP's to use any more."""
    picked_devices.locked(Some(act.customer, ids))
    parties.check(act.customer, by=act.by)
    still = _devices(act).filter(pk__in=ids).select_related(None).select_for_update(of=("self",), no_key=True)
    return Outcome(seats.give(_license(act), list(still.only("pk").order_by("pk")), by=act.by))


def _end(act: BulkAct) -> None:
    license = License.objects.get(pk=act.params["license"])
    parties.record("license.seats_taken", license, customer=act.customer, by=act.by, devices=act.done)


WORK = Work(_devices, _do, _end)
