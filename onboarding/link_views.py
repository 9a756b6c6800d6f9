"""The pages behind the links that customers get: consent, delink, receipt, ending. They need no account.

Looking changes nothing, however often and by whom (mail scanners open links): a button POSTs.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import preferences, rate_limits
from accounts.acting import as_operator
from accounts.http import data_of
from onboarding import consent_text, consents, endings, links, receipt_pdf, receipts
from onboarding.forms.consents import ConsentForm
from onboarding.models import Link, Receipt
from rules.errors import RuleBroken
from tenants.models import Access, Customer
from tenants.pages import answers

type View = Callable[[HttpRequest, str], HttpResponse]


def by_link(view: View) -> View:
    """A page behind a link: public, never cached, counted, and a friendly page where the link has ended."""

    @login_not_required
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        rate_limits.consume(request, "link")
        try:
            return view(request, token)
        except RuleBroken as no:
            return render(request, "link_ended.html", {"reason": str(no)}, status=no.status)

    return opened


@by_link
def consent(request: HttpRequest, token: str) -> HttpResponse:
    question = consents.question(token)
    asked = question.request
    answer = request.POST.get("answer", "approve")  # as the first button; what is agreed to was ticked
    closes, refuses = asked.access == Access.NONE, answer == "refuse"
    names = {"customer": asked.customer.name, "msp": asked.msp.name}
    form = ConsentForm(data_of(request), **names, closes=closes, refuses=refuses)
    status = answers.status(form)
    if form.is_valid() and answer not in ("approve", "refuse"):
        form.add_error(None, f"Select Approve {asked.msp} or Refuse. You have not answered yet.")
    with _time_of(asked.customer):
        if form.is_valid():
            try:
                receipt = _answer(token, form, refuses=refuses, read=request.POST.get("read"))
            except consents.TextChanged as no:
                status = answers.refuse(form, no)
            else:
                done = {"asked": asked, "receipt": receipt, "closes": closes, "sent_to": question.receipt_to}
                return render(request, "onboarding/consent_done.html", done)
        context = {"question": question, "asked": asked, "form": form}
        return render(request, "onboarding/consent.html", context, status=status)


@by_link
def delink(request: HttpRequest, token: str) -> HttpResponse:
    asked = endings.question(token)
    answer = request.POST.get("answer")
    context = {
        "asked": asked,
        "refused": answer == "refuse",
        "sent_to": consent_text.masked(asked.customer.contact_email),
    }
    with _time_of(asked.customer):
        if answer in ("approve", "refuse"):
            (endings.approve if answer == "approve" else endings.refuse)(token)
            return render(request, "onboarding/delink_done.html", context)
        return render(request, "onboarding/delink.html", context)


@by_link
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The customer's receipt, to read and print; `?pdf` is the file."""
    kept = _receipt(token)
    if "pdf" in request.GET:
        return pdf(kept, for_customer=True)
    context = {"receipt": kept, "text": receipts.full_text(kept, for_customer=True), "token": token}
    with _time_of(kept.customer):
        return render(request, "onboarding/receipt.html", context)


@by_link
def end(request: HttpRequest, token: str) -> HttpResponse:
    """The customer ends management itself, or takes that back while the day lasts."""
    management = endings.by_end_link(token)
    answer = request.POST.get("answer")
    if answer in ("end", "keep"):
        (endings.start if answer == "end" else endings.keep)(management, by=None)
        if answer == "keep":  # the page is then as it was before the end
            messages.success(request, f"You keep {management.msp}: it goes on managing Knox for {management.customer}.")
        return redirect("management-end", token)
    context = {
        "management": management,
        "token": token,
        "ends_at": endings.would_end_at(),
        "sent_to": consent_text.masked(management.customer.contact_email),
    }
    with _time_of(management.customer):
        return render(request, "onboarding/end.html", context)


def pdf(kept: Receipt, *, for_customer: bool) -> HttpResponse:
    head = {"Content-Disposition": f'attachment; filename="receipt-{kept.number}.pdf"'}
    data = receipt_pdf.make(kept, for_customer=for_customer)
    return HttpResponse(data, content_type="application/pdf", headers=head)


def _answer(token: str, form: ConsentForm, *, refuses: bool, read: str | None) -> Receipt | None:
    data = form.cleaned_data
    if refuses:
        consents.refuse(token, note=data["note"])
        return None
    return consents.approve(token, person=data["name"], job_title=data["job_title"], note=data["note"], read=read)


def _time_of(customer: Customer) -> timezone.override:
    """People without an account read times where their company is."""
    return timezone.override(preferences.zone(str(customer.country)))


def _receipt(token: str) -> Receipt:
    with as_operator():
        kept = links.find(token, Link.Purpose.END).kept
        return Receipt.objects.select_related("customer", "msp", "request").get(pk=kept.pk)
