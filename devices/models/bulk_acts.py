"""Acts on more devices than a request waits for."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from tenants.models import Customer


class BulkAct(models.Model):
    """An act on more devices of a customer than a request waits for (rules: act_at_once). A worker does it a block at
    a time on behalf of the one who asked (devices/bulk_acts.py); what a block did stays done.
    """

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    label = models.CharField(max_length=120)
    """What is done, for the page: "Lock in Knox Configure"."""
    right = models.CharField(max_length=40)
    """What the person must hold over the customer, looked at again before each block."""
    worker = models.CharField(max_length=60)
    """Name of the task that gets the id."""
    params = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    """What that task needs. Emptied at the end: there may be a password in it."""
    back = models.JSONField(default=list)
    """The page where it was asked: the name of the route behind its portal's prefix, and arguments."""
    total = models.PositiveIntegerField()
    """Devices that it was asked for."""
    until = models.BigIntegerField()
    """The last device that there was: what comes in later is not meant."""
    cursor = models.BigIntegerField(default=0)
    """The last device that was looked at."""
    seen = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=dict)
    """Why some could not have it: by key `label`, `tone`, `count` and `first`, the numbers of some of them."""
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    refusal = models.TextField(blank=True)
    """Why it stopped."""
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="bulk_act_ended_has_a_time",
                condition=Q(state="running", ended_at=None) | Q(~Q(state="running"), ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="bulk_act_stopped_has_a_sentence", condition=~Q(state="stopped") | ~Q(refusal="")
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="bulk_acts_of_customer"),
            models.Index(fields=["touched_at"], condition=Q(state="running"), name="bulk_acts_running"),
        ]

    def __str__(self) -> str:
        return f"{self.label}, {self.total:,} devices"

    @property
    def is_running(self) -> bool:
        return self.state == self.State.RUNNING

    @property
    def percent(self) -> int:
        return min(self.seen * 100 // self.total, 100) if self.total else 100
