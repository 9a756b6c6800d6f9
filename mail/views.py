"""/mailbox/: every mail, readable. Only while DEBUG (mail/urls.py)."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET
from post_office.models import Email


@login_not_required
@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    mails = Email.objects.order_by("-pk")
    if to := request.GET.get("to", ""):
        mails = mails.filter(to__contains=to)
    return render(request, "mail/mailbox.html", {"mails": mails[:100], "to": to})


@login_not_required
@require_GET
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "mail/mail.html", {"mail": get_object_or_404(Email, pk=pk)})


@login_not_required
@require_GET
@xframe_options_sameorigin
@csp_override({"default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "frame-ancestors": ["'self'"]})
def mail_html(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(get_object_or_404(Email, pk=pk).html_message)
