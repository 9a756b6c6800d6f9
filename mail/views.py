"""/mailbox/: every mail, readable. Only while DEBUG (mail/urls.py)."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe
from post_office.models import Email

SHOWN = 100


@login_not_required
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest first; `before` the number of a mail, the older ones."""
    mails = Email.objects.order_by("-pk")
    if to := request.GET.get("to", "").strip():
        mails = mails.filter(to__icontains=to)
    if (before := request.GET.get("before", "")).isdecimal():
        mails = mails.filter(pk__lt=int(before))
    found = list(mails[: SHOWN + 1])
    older = urlencode({"to": to, "before": found[SHOWN - 1].pk}) if len(found) > SHOWN else ""
    return render(request, "mail/mailbox.html", {"mails": found[:SHOWN], "to": to, "older": older})


@login_not_required
@require_safe
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "mail/mail.html", {"mail": get_object_or_404(Email, pk=pk)})


@login_not_required
@require_safe
@xframe_options_sameorigin
@csp_override({"default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "frame-ancestors": ["'self'"]})
def mail_html(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(get_object_or_404(Email, pk=pk).html_message)
