"""What is wrong with a line, in words for the one who reads them.

Where a device is already, a line of a customer's side keeps as a KCS Customer ID, and the name is looked up for each
reader: the lines stay with the customer, whose other people may not see that other one, and nor may its next MSP.
"""

from collections.abc import Iterable
from functools import cached_property

from django.db.models import QuerySet

from devices.models import Upload, UploadLine
from devices.problems import PROBLEMS
from tenants.models import Customer, Management

OWN, KNOWN = "own", "known"


def customer_names(upload: Upload, kcs_ids: "Iterable[str] | QuerySet[UploadLine, str]") -> dict[str, str]:
    """The names of these customers, of those that the reader sees and that have the MSP of the upload's customer."""
    msp = Management.objects.filter(customer=upload.customer_id, ended_at=None).values("msp")
    managed = Management.objects.filter(msp__in=msp, ended_at=None).values("customer")
    return dict(Customer.objects.filter(pk__in=managed, kcs_id__in=kcs_ids).values_list("kcs_id", "name"))


class Sentences:
    """Of the lines of one upload, for whoever asks now. One query, where a line names another customer."""

    def __init__(self, upload: Upload) -> None:
        self.upload = upload

    def of(self, line: UploadLine) -> str:
        key, detail = line.problem, line.detail
        if key == OWN and self.upload.reseller_id is None:
            key, detail = (OWN, name) if (name := self._names.get(detail)) else (KNOWN, "")
        return PROBLEMS[key].words(value=line.typed, detail=detail)

    @cached_property
    def _names(self) -> dict[str, str]:
        own = UploadLine.objects.filter(upload=self.upload, problem=OWN)
        return customer_names(self.upload, own.values_list("detail", flat=True))
