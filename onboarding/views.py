"""The pages of an applicant, and of a contact person who was invited. Most of them need no account."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts import rate_limits
from accounts.forms import NewPasswordForm
from accounts.http import PortalRequest, data_of
from accounts.models import User
from onboarding import applications, contacts
from onboarding.forms.applications import APPLICATION_FORMS
from onboarding.models import Application, Invitation, Program
from rules.errors import RuleBroken
from tenants.pages import join_views


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, program: str) -> HttpResponse:
    if program not in APPLICATION_FORMS:
        raise Http404
    applicant = request.user if isinstance(request.user, User) else None
    form = APPLICATION_FORMS[program](data_of(request), applicant=applicant, initial=_again(request, applicant))
    status = 200
    if request.method == "POST":
        rate_limits.consume(request, "apply")
        status = 422
        if form.is_valid():
            try:
                application = applications.submit(Program(program), by=applicant, **form.fields_of_application())
            except RuleBroken as no:
                form.add_error(None, str(no))
                status = no.status
            else:
                return _sent(request, application, applicant)
    context = {"form": form, "program": program, "program_name": Program(program).label}
    return render(request, "onboarding/apply.html", context, status=status)


@login_not_required
@require_safe
def apply_sent(request: HttpRequest) -> HttpResponse:
    """The same page whether the address is known or not."""
    return render(request, "onboarding/apply_sent.html", {"email": request.session.get("applied_with", "")})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def application_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the first letter. Looking at it changes nothing; the button confirms."""
    rate_limits.consume(request, "link")
    try:
        application = applications.by_link(token)
        known = User.objects.by_email(application.email) is not None
        form = Form(data_of(request)) if known else NewPasswordForm(data_of(request), email=application.email)
        if request.method == "POST" and (known or form.is_valid()):
            applications.confirm(token, password=form.cleaned_data["password"] if not known else None)
            return _confirmed(request, application, known=known)
    except RuleBroken as no:
        return render(request, "link_ended.html", {"reason": str(no)}, status=no.status)
    context = {"form": form, "application": application, "needs_password": not known}
    return render(request, "onboarding/application_confirm.html", context, status=422 if form.errors else 200)


@require_GET
def application(request: PortalRequest, pk: str) -> HttpResponse:
    """What the applicant sent, and where it is."""
    found = get_object_or_404(Application, pk=pk, applicant=request.user)
    return render(request, "onboarding/application.html", {"application": found})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The link with which a customer's contact person joins: with the account there is, or a password set here."""
    rate_limits.consume(request, "link")
    try:
        found = contacts.question(token)
        context = join_views.how(request, found.email)
        form: Form | None = context["form"]  # type: ignore[assignment]  # one value of a context
        if request.method == "POST" and form is not None and form.is_valid():
            return _joined(request, token, found, password=form.cleaned_data.get("password"))
    except RuleBroken as no:
        ended = {"reason": str(no), "token": token, "may_renew": contacts.renewable(token)}
        return render(request, "onboarding/invitation_ended.html", ended, status=no.status)
    status = 422 if form is not None and form.errors else 200
    return render(request, "onboarding/invitation.html", context | {"invitation": found}, status=status)


@login_not_required
@never_cache
@require_POST
def invitation_renew(request: HttpRequest, token: str) -> HttpResponse:
    """Another link for one that ended, where nobody else can send it. It goes to the same address."""
    rate_limits.consume(request, "link")
    try:
        if contacts.renewable(token):  # who holds an old link uses nothing of the customer's number up
            rate_limits.consume(request, "invite_contact", whose=f"customer{contacts.customer_of(token)}")
        contacts.renew(token)
    except RuleBroken as no:
        return render(request, "onboarding/invitation_ended.html", {"reason": str(no)}, status=no.status)
    return render(request, "onboarding/invitation_renewed.html")


def _joined(request: HttpRequest, token: str, found: Invitation, *, password: str | None) -> HttpResponse:
    by = request.user if isinstance(request.user, User) else None
    person = contacts.join(token, password=password, by=by)
    messages.success(request, f"You joined {found.customer}.")
    return redirect("knox-dashboard") if by else join_views.signed_in(request, person)


def _again(request: HttpRequest, applicant: User | None) -> dict[str, object] | None:
    """What a rejected application said, so that it can be corrected and sent again."""
    if not applicant or "again" not in request.GET:
        return None
    rejected = applicant.applications.filter(state=Application.State.REJECTED).order_by("-decided_at")
    last = next((one for one in rejected if str(one.pk) == request.GET["again"]), None)
    if last is None:
        return None
    names = [field.name for field in Application._meta.fields if field.name not in ("id", "agreements")]
    return {name: getattr(last, name) for name in names} | {"region": last.regions[0]}


def _sent(request: HttpRequest, sent: Application, applicant: User | None) -> HttpResponse:
    if applicant:
        messages.success(request, f"Samsung has your application. We email {sent.email}.")
        return redirect("knox-dashboard")
    request.session["applied_with"] = sent.email
    return redirect("apply-sent")


def _confirmed(request: HttpRequest, confirmed: Application, *, known: bool) -> HttpResponse:
    messages.success(request, f"Samsung has your application. We email {confirmed.email}.")
    if known:  # the mailbox shows whose the address is, not that this is the person's browser
        return redirect("account_login")
    person = User.objects.by_email(confirmed.email)
    if person is None:
        raise Http404
    return join_views.signed_in(request, person)
