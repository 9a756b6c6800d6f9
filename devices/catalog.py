"""The catalog of models: which there are, for which region, and which TACs tell them. Kept by Samsung admins."""

import re
from collections.abc import Iterable

from django.db import connection, transaction

from accounts.models import User
from audit import events
from audit.models import Side
from devices.models import TAC_DIGITS, Device, DeviceModel, Tac
from rules.errors import RuleBroken
from tenants.regions import Region

_CODE = re.compile(r"[A-Z0-9][A-Z0-9/-]{1,29}")
_TAC = re.compile(rf"[0-9]{{{TAC_DIGITS}}}")
_BETWEEN = re.compile(r"[\s,;]+")


@transaction.atomic
def add(code: str, *, name: str, region: Region, tacs: Iterable[str], by: User) -> DeviceModel:
    """A new model. Runs as the operator."""
    alone()
    if DeviceModel.objects.filter(code=code).exists():
        raise RuleBroken(f"{code} is in the catalog already. Open it to change it.", status=409, field="code")
    model = DeviceModel(code=code, name=name, region=region)
    _check_tacs(model, tacs)
    model.save()
    Tac.objects.bulk_create(Tac(tac=tac, model=model) for tac in dict.fromkeys(tacs))
    events.record("model.added", model, by=by, side=Side.SAMSUNG, region=region.label)
    return model


@transaction.atomic
def change(model: DeviceModel, *, code: str, name: str, region: Region, tacs: Iterable[str], by: User) -> DeviceModel:  # noqa: PLR0913  (each is a column)
    """Other facts about a model. Its devices stay its devices. Runs as the operator."""
    alone()
    model = DeviceModel.objects.get(pk=model.pk)
    if DeviceModel.objects.filter(code=code).exclude(pk=model.pk).exists():
        raise RuleBroken(f"{code} is in the catalog already. A code names one model.", status=409, field="code")
    if region != model.region and model.pk in with_devices([model.pk]):
        raise RuleBroken(region_stays(model), field="region")
    _check_tacs(model, tacs)
    model.code, model.name, model.region = code, name, region
    model.save()
    model.tacs.exclude(tac__in=tacs).delete()
    Tac.objects.bulk_create((Tac(tac=tac, model=model) for tac in dict.fromkeys(tacs)), ignore_conflicts=True)
    events.record("model.changed", model, by=by, side=Side.SAMSUNG, region=region.label)
    return model


def alone() -> None:
    """Changes of the catalog wait for each other, so that what was checked still holds when it is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('devices.catalog'))")


def with_devices(models: Iterable[int]) -> set[int]:
    """Those of the models that have devices, wherever they are: as the operator."""
    return {pk for pk in models if Device.objects.filter(model=pk).exists()}


def region_stays(model: DeviceModel) -> str:
    return (
        f"Devices of {model.code} are in Knox, so its region stays {Region(model.region).label}. "
        "Add a model with another code for the other region."
    )


def tac_taken(tac: str, code: str) -> str:
    return f"The TAC {tac} belongs to {code}. Remove it there first."


def code_problem(code: str) -> str:
    """What is wrong with a model code in capitals; empty for nothing."""
    if _CODE.fullmatch(code):
        return ""
    return "A model code has 2 to 30 letters and digits, and - or / inside. For example SM-S921B."


def tacs_in(typed: str) -> list[str]:
    """TACs with lines, spaces or commas between; each once."""
    return list(dict.fromkeys(filter(None, _BETWEEN.split(typed))))


def tac_problem(tac: str) -> str:
    return "" if _TAC.fullmatch(tac) else f"A TAC is the first eight digits of an IMEI. {tac[:20]} is not."


def _check_tacs(model: DeviceModel, tacs: Iterable[str]) -> None:
    taken = Tac.objects.filter(tac__in=tacs).exclude(model=model.pk).select_related("model").order_by("tac").first()
    if taken:
        raise RuleBroken(tac_taken(taken.tac, taken.model.code), field="tacs")
