"""Reading and changing the numbers of the business."""

from django.db import transaction

from accounts.models import User
from audit import events
from audit.models import Side
from rules.models import Setting


def number(name: str) -> int:
    """The value in force. Raises IndexError for a name that no migration added."""
    return Setting.objects.filter(name=name).order_by("-since", "-pk").values_list("value", flat=True)[0]


def numbers(*names: str) -> dict[str, int]:
    """Several values in force, with one query."""
    rows = Setting.objects.filter(name__in=names).order_by("name", "-since", "-pk").distinct("name")
    return dict(rows.values_list("name", "value"))


@transaction.atomic
def change(name: str, *, to: int, reason: str, by: User) -> Setting:
    setting = Setting.objects.create(name=name, value=to, reason=reason, by=by)
    events.record("setting.changed", setting, by=by, side=Side.SAMSUNG, value=to, reason=reason)
    return setting
