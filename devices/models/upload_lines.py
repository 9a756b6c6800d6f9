"""Lines of uploads after the check: one a row, or a block of good ones."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from devices.models.catalog import DeviceModel
from devices.models.uploads import Upload
from tenants.models import Customer, Reseller


class UploadLine(models.Model):
    """One line of an upload, after the check: what was typed, what it means, or what is wrong with it.

    `sender_customer` and `reseller` are those of the upload (for the wall); `customer` is whom the device is for.
    Lines without a problem go once their devices are there; the others stay as the report. Good lines with nothing
    but an IMEI have no row of their own: they stand in GoodLines.
    """

    pk = models.CompositePrimaryKey("upload_id", "number")
    # A trigger of migration 0006 checks upload and sender together, once a statement.
    upload = models.ForeignKey(Upload, models.CASCADE, related_name="upload_lines", db_constraint=False, db_index=False)
    number = models.PositiveIntegerField()
    sender_customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    reseller = models.ForeignKey(
        Reseller, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    typed = models.CharField(max_length=200)
    """The identifier as it was typed."""
    typed_customer = models.CharField(max_length=40, blank=True)
    typed_model = models.CharField(max_length=40, blank=True)
    order_number = models.CharField(max_length=60, blank=True)
    typed_order_date = models.CharField(max_length=40, blank=True)
    identifier = models.CharField(max_length=15, blank=True)
    """The IMEI, MEID or serial number, in capitals; its length tells which: 15, 14, 11."""
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    model = models.ForeignKey(
        DeviceModel, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    order_date = models.DateField(null=True)
    problem = models.CharField(max_length=20, blank=True)
    """A key of devices.problems.PROBLEMS; empty: the line is good."""
    detail = models.CharField(max_length=400, blank=True)
    """What the problem's sentence names: a line, a model, a date."""

    class Meta:
        indexes = [
            models.Index(fields=["upload", "problem", "number"], condition=~Q(problem=""), name="lines_with_a_problem"),
        ]

    def __str__(self) -> str:
        return f"line {self.number} of {self.upload_id}"


class GoodLines(models.Model):
    """The good lines of one block of an upload that say nothing but an IMEI, as most do: one row for all of them.

    A row for each would take a third of the check. Where there is an UploadLine with the same number, that counts
    instead: a line that turns out to have a problem gets one (devices/upload_lines.py). Goes when the upload has ended.
    """

    pk = models.CompositePrimaryKey("upload_id", "first")
    # As with UploadLine, a trigger checks upload and sender together (migration 0008).
    upload = models.ForeignKey(Upload, models.CASCADE, related_name="good_lines", db_constraint=False, db_index=False)
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    """The smallest and the largest of `numbers`."""
    sender_customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    reseller = models.ForeignKey(
        Reseller, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    order_number = models.CharField(max_length=60, blank=True)
    order_date = models.DateField(null=True)
    numbers = ArrayField(models.IntegerField())
    identifiers = ArrayField(models.CharField(max_length=15))
    model_ids = ArrayField(models.BigIntegerField())
    """Of each line its number, its IMEI and the pk of its model."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="good_lines_are_whole",
                condition=Q(numbers__len=models.F("identifiers__len")) & Q(numbers__len=models.F("model_ids__len")),
            ),
        ]

    def __str__(self) -> str:
        return f"good lines {self.first} to {self.last} of {self.upload_id}"
