"""Products: what Samsung sells."""

import re
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import F, Q

from tenants.models import KnoxService

_SERVICE = "|".join(re.escape(one) for one in KnoxService.values)


def opening(*services: str) -> Q:
    """Of products, licenses and seats: those that open one of these services. A suite opens more than one."""
    return reduce(or_, (Q(services__regex=rf"(^| ){re.escape(one)}( |$)") for one in services))


class Product(models.Model):
    """A kind of license that Samsung sells, with its rules as data (knox.md 5.2). Written by migrations alone."""

    class Family(models.TextChoices):
        SETUP = "setup", "Setup"
        SETUP_STAGGERED = "setup_staggered", "Setup (Staggered)"
        DYNAMIC = "dynamic", "Dynamic"
        DYNAMIC_PER_SEAT = "dynamic_per_seat", "Dynamic (Per seat)"
        STANDARD = "standard", "Standard"
        SUITE = "suite", "Knox Suite"
        CARE = "care", "Care plan"
        GUARD = "guard", "Knox Guard"
        TRIAL = "trial", "Trial"

    class Edition(models.TextChoices):
        DEVICE = "device", "Per device"
        SEAT = "seat", "Per seat"

    class SeatChange(models.TextChoices):
        GROW = "grow", "Increase only"
        BOTH = "both", "Both ways"
        NONE = "none", "No change"

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=100, unique=True)
    service = models.CharField(max_length=3, choices=KnoxService)
    """The first of `services`, under which it is counted, and by which alerts name it where it is the only one."""
    services = models.CharField(max_length=30)
    """Every service that a seat opens, with spaces between: more than one for Knox Suite. The customer must have one of
    them. One text, not an array, because composite foreign keys compare it."""
    family = models.CharField(max_length=20, choices=Family)
    edition = models.CharField(max_length=6, choices=Edition)
    transferable = models.BooleanField()
    """Samsung's own word (knox.md 5.2). Nothing here holds a seat to its device, so no page says so."""
    extendable = models.BooleanField()
    seat_change = models.CharField(max_length=4, choices=SeatChange)
    per_device_end = models.BooleanField(default=False)
    """Each device has the term for itself, from the seat on (Staggered)."""
    is_trial = models.BooleanField(default=False)
    has_grace = models.BooleanField(default=False)
    """Devices keep their seat for the days of the setting `grace_days` after the end (knox.md 5.4)."""
    kept_to_end = models.BooleanField(default=False)
    """Nobody deletes its licenses before their end (knox.md 5.6)."""
    name_fixed = models.BooleanField(default=False)
    """Samsung names its licenses; nobody renames them (knox.md 5.1)."""
    key_prefix = models.CharField(max_length=5)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["id", "service", "services", "is_trial"], name="product_as_licenses_copy_it"
            ),
            models.UniqueConstraint(fields=["service"], condition=Q(is_trial=True), name="one_trial_product_a_service"),
            models.CheckConstraint(
                name="product_is_counted_under_its_first_service", condition=Q(services__startswith=F("service"))
            ),
            models.CheckConstraint(
                name="product_services_are_known", condition=Q(services__regex=rf"^({_SERVICE})( ({_SERVICE}))*$")
            ),
            models.CheckConstraint(name="product_key_prefix", condition=Q(key_prefix__regex=r"^KLM\d\d$")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def opens(self) -> list[KnoxService]:
        return [KnoxService(code) for code in self.services.split()]

    @property
    def opens_text(self) -> str:
        """Every service that a seat opens, as lists name them."""
        return ", ".join(service.label for service in self.opens)
