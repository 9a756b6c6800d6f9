"""The catalog: what Samsung makes, and how an IMEI tells it."""

from typing import Any

from django.db import models
from django.db.models import Q

from tenants import names
from tenants.regions import Region

TAC_DIGITS = 8


class DeviceModel(models.Model):
    """A model that Samsung makes for one region. Kept by Samsung admins (devices/catalog.py)."""

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=100)
    name_key = models.CharField(max_length=400, editable=False)
    region = models.CharField(max_length=20, choices=Region)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="model_code_in_capitals", condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9/-]{1,29}$")
            ),
            models.CheckConstraint(name="model_region_is_known", condition=Q(region__in=Region.values)),
        ]
        indexes = [models.Index(fields=["name_key", "id"], name="model_by_name")]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = names.key(self.name)
        super().save(*args, **kwargs)


class Tac(models.Model):
    """The first eight digits of an IMEI: they tell the model."""

    tac = models.CharField(max_length=TAC_DIGITS, primary_key=True)
    model = models.ForeignKey(DeviceModel, models.CASCADE, related_name="tacs")

    class Meta:
        constraints = [models.CheckConstraint(name="tac_has_eight_digits", condition=Q(tac__regex=r"^\d{8}$"))]

    def __str__(self) -> str:
        return self.tac
