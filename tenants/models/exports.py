"""Exports: CSV files that the worker makes."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from tenants.models.organizations import Msp


class Export(models.Model):
    """A CSV file too long to wait for: made by the worker, kept for a while, for the one who asked.

    `maker` is the name of the task that makes it, `params` what that task needs. The file lies gzipped in
    PostgreSQL, so that any web process can hand it out.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Being made"
        READY = "ready", "Ready"
        FAILED = "failed", "Could not be made"

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="exports")
    msp = models.ForeignKey(Msp, models.CASCADE, related_name="exports")
    what = models.CharField(max_length=60)
    maker = models.CharField(max_length=100)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    requested_at = models.DateTimeField(auto_now_add=True)
    ready_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    """While it waits: what is being made now is of rights that the person does not have any more."""
    lines = models.PositiveIntegerField(null=True)
    content = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="export_ready_has_a_file",
                condition=Q(state__in=["waiting", "failed"], content=None, ready_at=None)
                | Q(state="ready", ready_at__isnull=False, ends_at__isnull=False, lines__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what}, {self.requested_at:%Y-%m-%d}"
