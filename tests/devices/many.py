"""Acts on many devices without many devices."""

from accounts.acting import as_operator
from devices import bulk_acts
from devices.models import BulkAct
from rules import settings as rule


def few_are_many(monkeypatch, sam, *, at_once):
    """More than `at_once` devices are for a worker, and a block has two."""
    monkeypatch.setattr(bulk_acts, "BLOCK", 2)
    rule.change("act_at_once", to=at_once, reason="A test", by=sam)


def newest():
    with as_operator():
        return BulkAct.objects.select_related("by", "customer").latest("pk")
