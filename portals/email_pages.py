"""Email settings, and the link in each letter that stops letters of its sort."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts import mail_choices, rate_limits
from accounts.http import PortalRequest, data_of
from alerts import mail_topics
from onboarding.consent_text import masked
from portals.email_forms import EmailSettingsForm
from tenants import account_events, door
from tenants.pages import answers


@require_http_methods(["GET", "POST"])
def email_settings(request: PortalRequest) -> HttpResponse:
    form = EmailSettingsForm(data_of(request), user=request.user, memberships=door.memberships_of(request.user))
    if request.method == "POST" and form.is_valid():
        form.save()
        account_events.note("account.emails_changed", request.user)
        messages.success(request, "You saved your email settings.")
        return redirect("email-settings")
    status = answers.status(form)
    return render(request, "portals/email_settings.html", {"form": form}, status=status)


# Without a CSRF token: the mail program posts it, which has no session (RFC 8058). The signed token speaks for the
# person, and can do no more than stop one sort of email or take that back.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def email_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing, as mail scanners open links: a button posts, or the mail program itself."""
    found = mail_choices.read(token)
    if found is None:
        rate_limits.consume(request, "link")
        return render(request, "portals/email_no_stop.html", status=404)
    user, topic = found
    if request.method == "POST":
        (mail_choices.start if "start" in request.POST else mail_choices.stop)(user, topic)
        account_events.note("account.emails_changed", user, is_proven=False)
    context = {
        "what": mail_topics.name(topic),
        "to": masked(user.email),
        "is_stopped": topic in mail_choices.unwanted(user),
    }
    return render(request, "portals/email_stop.html", context)
