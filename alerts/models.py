"""What needs attention now, how people handle it, and when it was counted (docs/adr/0023)."""

from datetime import UTC, datetime
from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Func, IntegerField, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from tenants.models import Customer, KnoxService, Msp

FOREVER = datetime(9000, 1, 1, tzinfo=UTC)
"""Until when an alert is snoozed that waits for its number to grow. Python knows no infinite time."""


class Severity(models.TextChoices):
    CRITICAL = "critical", "Critical"
    WARNING = "warning", "Warning"
    WAITING = "waiting", "Waiting"

    @property
    def rank(self) -> int:
        """1 is the worst."""
        return list(Severity).index(self) + 1


def _person() -> Any:
    return models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")


class AlertQuerySet(models.QuerySet["Alert"]):
    """Four sets: every alert that somebody may see is in exactly one of them at an instant."""

    def closed(self) -> Self:
        return self.filter(closed_at__isnull=False)

    def lasting(self) -> Self:
        """Not closed: their cause is there, whatever people did about them."""
        return self.filter(closed_at=None)

    def snoozed(self, *, now: datetime | None = None) -> Self:
        return self.lasting().filter(snoozed_until__gt=now or timezone.now())

    def acknowledged(self, *, now: datetime | None = None) -> Self:
        return self._awake(now).filter(acknowledged_at__isnull=False)

    def urging(self, *, now: datetime | None = None) -> Self:
        """Those that nobody took on and nobody snoozed: what red numbers count."""
        return self._awake(now).filter(acknowledged_at=None)

    def with_comments(self) -> Self:
        """With how many comments each has, as `comments_total`."""
        written = ArraySubquery(AlertComment.objects.filter(alert=OuterRef("pk")).values("pk"))
        return self.annotate(comments_total=Func(written, function="cardinality", output_field=IntegerField()))

    def _awake(self, now: datetime | None) -> Self:
        return self.lasting().filter(Q(snoozed_until=None) | Q(snoozed_until__lte=now or timezone.now()))


class Alert(models.Model):
    """A fact that needs attention, from the run that found it to the run that found it gone (alerts/counting.py).

    Counting alone opens, changes and closes; people change the columns under "handling" and nothing else, which
    PostgreSQL's privileges hold. `msp` is the MSP that managed the customer when it was opened, and stays: if the
    management moves, the alert is closed and the next MSP gets one of its own.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="alerts", db_index=False)
    """None: about a company that the MSP does not manage yet, or no more. Its name is in `facts`."""
    msp = models.ForeignKey(Msp, models.PROTECT, null=True, blank=True, related_name="alerts", db_index=False)
    """None: of a direct customer, for its own people."""
    kind = models.CharField(max_length=24)
    """A kind of alerts.sources.SOURCES."""
    service = models.CharField(max_length=3, choices=KnoxService, blank=True)
    subject_type = models.CharField(max_length=24, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    """What it is about, where it is one thing: ("license", 12)."""
    fingerprint = models.CharField(max_length=120)
    """The cause, without numbers that change: kind:service:state:subject."""
    severity = models.CharField(max_length=8, choices=Severity)
    count = models.PositiveIntegerField(default=1)
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    """Names, numbers and times (ISO 8601, UTC) for its sentences."""
    since = models.DateTimeField()
    changed_at = models.DateTimeField()
    """The newest run that found another count, severity or facts."""
    closed_at = models.DateTimeField(null=True, blank=True)

    # Handling: by the people of the MSP, or of the customer itself where there is none.
    acknowledged_by = _person()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    assigned_to = _person()
    snoozed_by = _person()
    snoozed_until = models.DateTimeField(null=True, blank=True)
    """Hidden before it. Counting empties it when the alert gets worse."""
    snoozed_count = models.PositiveIntegerField(null=True, blank=True)
    """The number above which it comes back earlier; None: only a worse severity brings it back earlier."""

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "fingerprint"],
                condition=Q(closed_at=None),
                name="one_open_alert_a_cause",
                nulls_distinct=False,
            ),
            # What comments point at.
            models.UniqueConstraint(fields=["customer", "id"], name="alert_of_its_customer"),
            models.UniqueConstraint(fields=["msp", "id"], name="alert_of_its_msp"),
            models.CheckConstraint(
                name="alert_is_of_somebody", condition=Q(customer__isnull=False) | Q(msp__isnull=False)
            ),
            models.CheckConstraint(name="alert_counts_something", condition=Q(count__gte=1)),
            models.CheckConstraint(name="alert_severity_is_known", condition=Q(severity__in=Severity.values)),
            models.CheckConstraint(
                name="alert_acknowledged_has_who_and_when",
                condition=Q(acknowledged_by=None, acknowledged_at=None)
                | Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False),
            ),
            models.CheckConstraint(
                name="alert_snoozed_has_who_and_until",
                condition=Q(snoozed_by=None, snoozed_until=None, snoozed_count=None)
                | Q(snoozed_by__isnull=False, snoozed_until__isnull=False),
            ),
        ]
        indexes = [
            models.Index("msp", F("since").desc(), F("id").desc(), condition=Q(closed_at=None), name="alerts_of_msp"),
            models.Index(
                "customer", F("since").desc(), F("id").desc(), condition=Q(closed_at=None), name="alerts_of_customer"
            ),
            models.Index(
                "msp", F("closed_at").desc(), F("id").desc(), condition=Q(closed_at__isnull=False),
                name="alerts_past_of_msp",
            ),
            models.Index(
                "customer", F("closed_at").desc(), F("id").desc(), condition=Q(closed_at__isnull=False),
                name="alerts_past_of_customer",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.fingerprint

    @staticmethod
    def about_company(customer: Customer) -> Q:
        """Those about it from before and after a management, which name it in `facts` alone (support/erasures.py)."""
        return Q(customer=None, facts__kcs_id=customer.kcs_id)

    @property
    def is_snoozed(self) -> bool:
        return self.closed_at is None and self.snoozed_until is not None and self.snoozed_until > timezone.now()

    @property
    def is_snoozed_until_it_grows(self) -> bool:
        return self.is_snoozed and self.snoozed_until == FOREVER


class AlertComment(models.Model):
    """What a person wrote about an alert, for the others of the own side. Stays as it is."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="comments")
    # The alert's, copied for the wall; composite foreign keys of migration 0002 keep them equal.
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False, db_index=False
    )
    msp = models.ForeignKey(
        Msp, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False, db_index=False
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.CharField(max_length=1000)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="comment_is_of_somebody", condition=Q(customer__isnull=False) | Q(msp__isnull=False)
            ),
            models.CheckConstraint(name="comment_says_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"comment {self.pk} on {self.alert_id}"


class Recount(models.Model):
    """The newest run of each kind, for the stamp "As of". Facts that were committed before `started_at` are in it."""

    class Kind(models.TextChoices):
        FULL = "full", "Every customer"
        CHANGED = "changed", "Customers with news"

    kind = models.CharField(max_length=8, choices=Kind, primary_key=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    opened = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    closed = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.kind}, {self.started_at:%Y-%m-%d %H:%M}"


class Seen(models.Model):
    """How far a person has looked at the alerts of one MSP: those of another one are as new as before."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    msp = models.ForeignKey(Msp, models.CASCADE, related_name="+")
    through = models.DateTimeField()
    """The newest alert on the screen when this person last looked at the bell there."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "msp"], name="seen_once_an_msp")]

    def __str__(self) -> str:
        return f"seen {self.pk}"


class Reader(models.Model):
    """What a person was told: locked by whoever writes this person an email about alerts."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="alert_reader")
    digest_day = models.DateField(null=True, blank=True)
    """The last day, in the person's zone, whose daily email was thought of, sent or not."""
    told_through = models.DateTimeField(null=True, blank=True)
    """Critical alerts that changed up to here were looked at, for emails at once."""
    told_at = models.DateTimeField(null=True, blank=True)
    """The last email at once: further ones wait a little, so that a storm is a few emails."""

    def __str__(self) -> str:
        return f"reader {self.pk}"


class Told(models.Model):
    """An alert that a person read of in an email, at this severity: in no other one, daily or at once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="+")
    severity = models.CharField(max_length=8, choices=Severity)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "alert", "severity"], name="told_once")]

    def __str__(self) -> str:
        return f"told {self.pk}"
