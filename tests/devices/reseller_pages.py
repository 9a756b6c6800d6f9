"""What tests of the Reseller Portal read of its answers, and the approval of what was sent there."""

import csv
import io
import re

from django.db import transaction

from accounts.acting import acting_as, as_operator
from devices import approvals
from devices.models import Approval, ResellerCustomer

TOKEN = re.compile(r"\b[A-Za-z0-9]{64}\b")
"""Against forged requests; another one in each answer."""


def text(response):
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


def rows(response):
    return list(csv.reader(io.StringIO(text(response).removeprefix("\ufeff"))))


def approve(world, upload):
    with acting_as(world.alice), transaction.atomic():
        approval = Approval.objects.select_related("customer").get(upload=upload)
        approvals.approve(approval, by=world.alice)


def relation_to(world, customer=None):
    """Of Rita's company to the first customer or this one, if there is one."""
    with as_operator():
        return ResellerCustomer.objects.filter(reseller=world.reseller, customer=customer or world.first).first()
