"""History of people's own accounts: signing in and out, passwords, second steps, sessions.

allauth tells its adapters; these write it down. A colleague of the person reads it, so there is an entry for each
organization where the person works.
"""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest

from accounts import adapters
from accounts.acting import acting_as
from accounts.models import User
from audit import events
from audit.models import Side
from tenants import access
from tenants.models import Membership


@transaction.atomic
def note(verb: str, user: User, *, is_proven: bool = True, **detail: Any) -> None:
    """Note what `user` did, or what somebody who is not proven to be this person did, in each membership of `user`."""
    with acting_as(user):
        here = list(Membership.objects.filter(user=user, state=Membership.State.ACTIVE).order_by("pk"))
    by = user if is_proven else None
    for membership in here:
        events.record(verb, user, by=by, **whose(membership) | ({} if by else {"side": Side.PORTAL}), **detail)
    if not here:
        own = Side.SAMSUNG if user.is_samsung_admin else Side.APPLICANT
        events.record(verb, user, by=by, side=own if by else Side.PORTAL, **detail)


def whose(membership: Membership) -> dict[str, Any]:
    """The organization and side of a membership, as history names them: `{"msp_id": 7, "side": Side.MSP}`."""
    column = f"{membership.kind}_id"
    return {column: getattr(membership, column), "side": access.SIDES[membership.kind]}


class AccountAdapter(adapters.AccountAdapter):
    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        _note("account.signed_in", user)

    def logout(self, request: HttpRequest) -> None:
        _note("account.signed_out", request.user)
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        _note("account.sign_in_failed", User.objects.by_email(str(credentials.get("email", ""))), is_proven=False)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        is_new: bool = super().confirm_email(request, email_address)
        if is_new:
            _note("account.changed", email_address.user, what="confirmed an email")
        return is_new

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        super().send_confirmation_mail(request, emailconfirmation, signup)
        _note("account.changed", emailconfirmation.email_address.user, what="asked to confirm an email")

    def send_password_reset_mail(self, user: AbstractBaseUser, email: str, context: dict[str, Any]) -> None:
        super().send_password_reset_mail(user, email, context)
        _note("account.reset_asked", user, is_proven=False)

    def send_notification_mail(self, template_prefix: str, user: AbstractBaseUser, *args: Any, **kwargs: Any) -> None:
        super().send_notification_mail(template_prefix, user, *args, **kwargs)
        _, did = adapters.CHANGES.get(template_prefix.rpartition("/")[2], adapters.OTHER_CHANGE)
        _note("account.changed", user, what=did)


class SessionsAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc]  # allauth has no types
    def end_sessions(self, sessions: list[UserSession]) -> None:
        ended = list(sessions)
        super().end_sessions(ended)
        for user in {one.user for one in ended}:
            _note("account.sessions_ended", user, sessions=len(ended))


def _note(verb: str, user: object, **detail: Any) -> None:
    """allauth hands over anybody: nobody and unknown people have no history."""
    if isinstance(user, User) and user.pk:
        note(verb, user, **detail)
