"""Who signs in. A person knows nothing of organizations here: that is tenants' business."""

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import validate_email
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property

SAMSUNG_ADMINS = "Samsung admins"
"""The group of those who decide applications and answer tickets (words.md 1)."""


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person who can sign in. Without a password, only after setting one by a mailed link."""
        user = self.model(email=email.strip().lower(), **fields)
        validate_email(user.email)  # the outbox refuses what is none, and with it the act that writes there
        user.set_password(password)
        user.save()
        return user

    def by_email(self, email: str) -> "User | None":
        return self.filter(email=email.strip().lower()).first()


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an email address."""

    class Theme(models.TextChoices):
        SYSTEM = "system", "As my device"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    email = models.EmailField(unique=True)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    time_zone = models.CharField(max_length=64, default="UTC")
    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM)
    digest_hour = models.PositiveSmallIntegerField(default=7)  # in the person's own zone
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)
    # The one portal that is open (tenants/one_portal.py): its kind, in which session, since when, in which browser.
    # On this row because it comes with every request: the doors ask without a query.
    open_portal = models.CharField(max_length=16, blank=True)
    open_session = models.CharField(max_length=40, blank=True)
    open_since = models.DateTimeField(null=True, blank=True)
    open_browser = models.CharField(max_length=200, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name", "last_name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_the_case"),
            models.CheckConstraint(
                name="open_portal_has_a_session_and_a_time",
                condition=Q(open_portal="", open_session="", open_since=None)
                | (~Q(open_portal="") & ~Q(open_session="") & Q(open_since__isnull=False)),
            ),
            models.CheckConstraint(condition=models.Q(digest_hour__lte=23), name="user_digest_hour_of_a_day"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.email

    @property
    def initials(self) -> str:
        return (self.first_name[:1] + self.last_name[:1]).upper() or self.email[:1].upper()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @cached_property
    def is_samsung_admin(self) -> bool:
        return self.groups.filter(name=SAMSUNG_ADMINS).exists()


class UnwantedMail(models.Model):
    """A sort of email that a person does not want. No row: it is wanted (accounts/mail_choices.py)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="unwanted_mail")
    topic = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "topic"], name="unwanted_mail_once")]

    def __str__(self) -> str:
        return self.topic
