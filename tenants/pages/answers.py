"""What a view answers: a form or a button that is refused, a list as a page and as a file."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from accounts.http import PortalRequest
from rules.errors import RuleBroken
from tenants import exports


def refuse(form: Form, no: RuleBroken) -> int:
    """Write the sentence at the field that it is about, or above the form. Returns the status of the answer."""
    form.add_error(no.field if no.field in form.fields else None, str(no))
    return no.status


@contextmanager
def outcome(request: PortalRequest, said: str = "") -> Iterator[None]:
    """The next page says what the block did, or why it was refused."""
    try:
        yield
    except RuleBroken as no:
        messages.error(request, str(no))
    else:
        if said:
            messages.success(request, said)


def status(form: Form) -> int:
    """Of the page with the form: looked at, or sent and not right."""
    return 422 if form.is_bound else 200


def listed(request: PortalRequest, template: str, context: dict[str, Any], *, part: str = "rows") -> HttpResponse:
    """The page of a list; for htmx, which searches, sorts and turns pages, only the part that it swaps."""
    return render(request, f"{template}#{part}" if request.htmx else template, context)


def csv(name: str, rows: Iterable[Iterable[object]]) -> HttpResponse:
    """The rows as a CSV file; the first is its head."""
    return HttpResponse("".join(exports.lines(rows)), content_type=_CSV, headers=_named(name))


def streamed(name: str, text: Iterable[str]) -> StreamingHttpResponse:
    """A CSV file that goes out a line at a time, so that its length does not matter."""
    return StreamingHttpResponse(text, content_type=_CSV, headers=_named(name))


_CSV = "text/csv; charset=utf-8"


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}.csv"'}
