"""Devices, and the codes with which phones join."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from devices.models.approvals import Approval
from devices.models.catalog import DeviceModel
from tenants.models import Customer, Reseller


class Device(models.Model):
    """A phone, tablet or watch of one customer, known by its IMEI, MEID or serial number.

    Pending devices wait for the approval of their upload; they count in no inventory but are in Knox already, so
    that nobody else can upload them.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Pending"
        VERIFIED = "verified", "Verified"

    # The composite foreign keys of migration 0002 check both columns at once, so these two need none of their own.
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="devices", db_constraint=False, db_index=False)
    approval = models.ForeignKey(Approval, models.PROTECT, related_name="+", db_constraint=False)
    reseller = models.ForeignKey(
        Reseller, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False, db_index=False
    )
    model = models.ForeignKey(DeviceModel, models.PROTECT, related_name="+", db_index=False)
    imei = models.CharField(max_length=15, null=True, blank=True)  # noqa: DJ001  (unique where there is one)
    meid = models.CharField(max_length=14, null=True, blank=True)  # noqa: DJ001
    serial = models.CharField(max_length=11, null=True, blank=True)  # noqa: DJ001
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    order_number = models.CharField(max_length=60, blank=True)
    order_date = models.DateField(null=True, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    added_at = models.DateTimeField()
    modified_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "id"], name="device_of_its_customer"),
            models.UniqueConstraint(fields=["imei"], condition=Q(imei__isnull=False), name="imei_is_in_one_place"),
            models.UniqueConstraint(fields=["meid"], condition=Q(meid__isnull=False), name="meid_is_in_one_place"),
            models.UniqueConstraint(
                fields=["serial"], condition=Q(serial__isnull=False), name="serial_is_in_one_place"
            ),
            models.CheckConstraint(
                name="device_has_an_identifier",
                condition=Q(imei__isnull=False) | Q(meid__isnull=False) | Q(serial__isnull=False),
            ),
            models.CheckConstraint(name="imei_has_15_digits", condition=Q(imei__regex=r"^\d{15}$")),
            models.CheckConstraint(name="meid_has_14_signs", condition=Q(meid__regex=r"^[0-9A-F]{14}$")),
            models.CheckConstraint(name="serial_has_11_signs", condition=Q(serial__regex=r"^[0-9A-Z]{11}$")),
            models.CheckConstraint(name="device_tags_at_most_20", condition=Q(tags__len__lte=20)),
        ]
        # The newest ones of many customers at once are found without reading a device.
        indexes = [models.Index("customer", "state", F("id").desc(), name="device_in_state")]

    def __str__(self) -> str:
        return self.identifier

    @property
    def identifier(self) -> str:
        return self.imei or self.meid or self.serial or ""


class EnrollmentCode(models.Model):
    """What a phone shows to join a direct customer through the Knox Deployment App (FAQ Q16). One a customer."""

    customer = models.OneToOneField(Customer, models.CASCADE, related_name="enrollment_code")
    code = models.CharField(max_length=22, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    """When an MSP took over. The row stays, so that a phone with this code reads why it does not work."""

    def __str__(self) -> str:
        return f"enrollment code of {self.customer_id}"
