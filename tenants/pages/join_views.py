"""The page behind the link of an invitation. Looking changes nothing (mail scanners open links): a button POSTs."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import rate_limits
from accounts.forms import NewPasswordForm
from accounts.http import data_of
from accounts.models import User
from rules.errors import RuleBroken
from tenants import invitations, people_emails
from tenants.models import Membership


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """An invited person joins: with the account there is, after its sign-in, or with a password set here."""
    rate_limits.consume(request, "link")
    try:
        membership = invitations.question(token)
        context = how(request, membership.email)
        form: Form | None = context["form"]  # type: ignore[assignment]
        if request.method == "POST" and form is not None and form.is_valid():
            return _joined(request, token, membership, password=form.cleaned_data.get("password"))
    except RuleBroken as no:
        return render(request, "link_ended.html", {"reason": str(no)}, status=no.status)
    status = 422 if form is not None and form.errors else 200
    context |= {"membership": membership, "portal": people_emails.portal_of(membership.organization)}
    return render(request, "tenants/join.html", context, status=status)


def how(request: HttpRequest, email: str) -> dict[str, object]:
    """What the page of an invitation shows: a form where this person can join now, else what to do first."""
    known = User.objects.by_email(email)
    here = request.user if isinstance(request.user, User) else None
    form: Form | None = None
    if known is None and here is None:
        form = NewPasswordForm(data_of(request), email=email)
    elif known is not None and here == known:
        form = Form(data_of(request))
    return {"form": form, "here": here, "email": email}


def _joined(request: HttpRequest, token: str, membership: Membership, *, password: str | None) -> HttpResponse:
    by = request.user if isinstance(request.user, User) else None
    person = invitations.accept(token, password=password, by=by)
    messages.success(request, f"You joined {membership.organization}.")
    return redirect("knox-dashboard") if by else signed_in(request, person)


def signed_in(request: HttpRequest, person: User) -> HttpResponse:
    """The person of a new account, who has just set its password, goes on without typing it again."""
    response: HttpResponse = perform_login(request, person)
    return response
