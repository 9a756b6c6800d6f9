"""allauth, with our doors closed and our letters."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts import browsers, preferences, seals
from accounts.models import User
from accounts.rate_limits import LIMITS, TooOften
from mail import outbox

_LETTERS = {
    "email_confirmation": "email_confirmation",
    "email_confirmation_signup": "email_confirmation",
    "password_reset_key": "password_reset_key",
    "unknown_account": "unknown_account",
}
_LONGEST_EMAIL = 254
_LIVES = {
    "email_confirmation": timedelta(days=app_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS),
    "password_reset_key": timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT),
}
"""How long the links of these letters work."""
# What allauth tells of an account: what changed, and what somebody did. For the one letter about all changes
# (words.md security.change) and for history.
CHANGES = {
    "password_changed": ("password", "changed the password"),
    "password_reset": ("password", "reset the password"),
    "password_set": ("password", "set a password"),
    "email_changed": ("email", "changed the email"),
    "email_deleted": ("email", "removed an email"),
    "totp_activated": ("two-step sign-in", "turned on two-step sign-in"),
    "totp_deactivated": ("two-step sign-in", "turned off two-step sign-in"),
    "webauthn_added": ("passkeys", "added a passkey"),
    "webauthn_removed": ("passkeys", "removed a passkey"),
    "recovery_codes_generated": ("recovery codes", "made new recovery codes"),
}
OTHER_CHANGE = ("account", "changed the account")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The email and the password do not fit together. Try again, or reset the password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People come in by an application or an invitation, never by a form of their own."""
        return False

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Wrong passwords and wrong codes are counted together. Says the longest wait: allauth keeps the exact one."""
        if code in ("too_many_login_attempts", "rate_limited"):
            raise TooOften(LIMITS["sign_in"], LIMITS["sign_in"].seconds)
        error: ValidationError = super().validation_error(code, *args)
        return error

    def clean_email(self, email: str) -> str:
        """Refuses what the table or a letter's head cannot hold, such as a quoted part with brackets."""
        if len(email) > _LONGEST_EMAIL or set(email) & set('"<>(),;:\\'):
            raise ValidationError(f"{email[:60]} is not an email. It looks like name@company.example.")
        return email

    def login(self, request: HttpRequest, user: User) -> None:
        """Tell a person who signs in with another browser than before. The first one of all is no news."""
        is_first = user.last_login is None
        super().login(request, user)
        if not is_first and not browsers.is_known(request, user):
            self._write("new_browser", user.email, user, {})

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        browsers.remember(request, response, user)
        return response

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """The letter names the person, whom allauth leaves out.

        Who takes a second step away has not proven one any more in this session (setting MFA_REQUIRED).
        """
        super().send_notification_mail(template_prefix, user, {"user": user} | (context or {}), email)
        if template_prefix.endswith(("_deactivated", "_removed")):
            session = self.request.session
            records = session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
            session[AUTHENTICATION_METHODS_SESSION_KEY] = [one for one in records if one["method"] != "mfa"]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """allauth's letters go through the outbox like all others, in our words."""
        letter = template_prefix.rpartition("/")[2]
        what, did = CHANGES.get(letter, OTHER_CHANGE)
        told = {"what": what, "did": did, "button_url": _button(context)}
        self._write(_LETTERS.get(letter, "security_change"), email, context.get("user"), told)

    def _write(self, letter: str, email: str, person: object, context: dict[str, Any]) -> None:
        zone = person.zone if isinstance(person, User) else ZoneInfo("UTC")
        now = timezone.now()
        outbox.write(
            f"accounts/email/{letter}",
            to=email,
            name=person.first_name if isinstance(person, User) else "",
            why=f"someone {'uses' if person else 'entered'} this address on the Knox Dashboard",
            about=[],
            context={
                "to": email,
                "at": _written(now, zone),
                "until": _written(now + _LIVES.get(letter, timedelta()), zone),
                "browser": browsers.named(self.get_http_user_agent(self.request)),
                "button_url": _button({}),
            }
            | context,
        )


def _written(at: datetime, zone: ZoneInfo) -> str:
    """As `tenants.times.written`, which stands above this app."""
    here = at.astimezone(zone)
    return f"{here:%-d %b %Y, %H:%M} {preferences.zone_name(here)}"


def _button(context: dict[str, Any]) -> str:
    """Where the letter's button leads: the link that allauth made, else the page of one's password.

    allauth takes the host from the request, which says what it likes.
    """
    made = context.get("activate_url") or context.get("password_reset_url") or reverse("account_reset_password")
    return settings.PORTAL_URL + urlsplit(made).path


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This code does not fit or is too old. Use the newest one from your app.",
    }

    def generate_authenticator_name(self, user: AbstractBaseUser, type: str) -> str:  # noqa: A002  (allauth's name)
        """Where it was added: most passkeys stay in that browser or device."""
        return browsers.named(self.request.headers.get("User-Agent", ""))

    def encrypt(self, text: str) -> str:
        return seals.seal(text, purpose=seals.SECOND_STEP)

    def decrypt(self, encrypted_text: str) -> str:
        return seals.unseal(encrypted_text, purpose=seals.SECOND_STEP)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": "Samsung Knox"}


def email_confirmed(user: User) -> None:
    """Note that `user` has shown that the address is theirs."""
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
