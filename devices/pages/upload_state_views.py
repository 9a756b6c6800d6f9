"""What every portal answers about one upload: its page, its lines, corrections, the decision, the report.

A portal finds the upload behind its own door and says in a `Frame` what is its own: addresses and templates.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.acting import acting_as
from accounts.http import PortalRequest
from devices import uploads
from devices.line_sentences import Sentences
from devices.models import Upload, UploadLine
from devices.pages import upload_problems
from devices.pages.upload_forms import LineForm
from devices.pages.upload_pages import Shown, Urls
from devices.pages.upload_problems import Group
from devices.problems import PROBLEMS
from rules.errors import RuleBroken
from tenants import exports
from tenants.pages import answers

State = Upload.State
_CHECK = (State.WAITING, State.CHECKING)


@dataclass(frozen=True)
class Frame:
    """What a portal adds: where things are, which pages are around the fragments, and what this person may do.

    `context` goes into the pages: `whose` (the customer) and `region`, and what the portal's own frame needs.
    `role` is the database role of a streamed answer, which runs after the view.
    """

    urls: Urls
    may_act: bool
    page: str = "devices/upload.html"
    lines_page: str = "devices/upload_lines.html"
    context: dict[str, Any] = field(default_factory=dict)
    role: Callable[[], AbstractContextManager[None]] = nullcontext


def show(request: PortalRequest, upload: Upload, frame: Frame) -> HttpResponse:
    """The page of an upload, whatever its state; for htmx the part that moves, or the body when the state changed."""
    shown = Shown(upload)
    said = request.GET.get("said", "")
    if request.htmx and shown.is_running and _same_step(upload, request.GET.get("from", "")):
        context = {"shown": shown, "urls": frame.urls, "say": said != str(shown.tenth)}
        return render(request, "devices/_upload_progress.html", context)
    context = _context(upload, frame) | _problems(upload, frame)
    if not request.htmx:
        return render(request, frame.page, context)
    response = render(request, "devices/_upload_swapped.html", context)
    response["HX-Retarget"], response["HX-Reswap"] = "#upload-body", "outerHTML"
    return response


def lines(request: PortalRequest, upload: Upload, frame: Frame) -> HttpResponse:
    """The lines with one problem, as a page or within its group."""
    key, after = request.GET.get("problem", ""), request.GET.get("after", "")
    if key not in PROBLEMS:
        return _go(request, frame.urls.page)
    group = _group(upload, key)
    context = _context(upload, frame) | {"group": group, "groups": [group]}
    context["lines"] = upload_problems.lines(upload, key, after=after, may_fix=context["may_fix"])
    return render(request, "devices/_upload_lines.html" if request.htmx else frame.lines_page, context)


def fix(request: PortalRequest, upload: Upload, frame: Frame) -> HttpResponse:
    """One line, typed anew. htmx gets the line with the counts that it moved; without script, its page again."""
    form = LineForm(request.POST)
    if not form.is_valid() and "line" in form.errors:
        return _go(request, frame.urls.page)
    before = get_object_or_404(UploadLine, upload=upload, number=form.cleaned_data["line"])
    says = Sentences(upload)
    if not before.problem:  # sent twice
        return _fixed(request, upload, frame, before.problem, upload_problems.line(before, says, may_fix=True))
    if form.errors:
        said = upload_problems.line(before, says, may_fix=True, tried=request.POST.dict(), sentence=form.no)
        return _fixed(request, upload, frame, before.problem, said)
    try:
        after = uploads.correct(upload, before.number, by=request.user, **upload_problems.values(before, form.sent()))
    except RuleBroken as no:
        messages.error(request, str(no))
        return _go(request, frame.urls.page)
    said = upload_problems.line(after, says, may_fix=True, tried=form.sent())
    return _fixed(request, upload, frame, before.problem, said)


def apply(request: PortalRequest, upload: Upload, frame: Frame) -> HttpResponse:
    """Add the good lines, or all or none."""
    with answers.outcome(request):
        uploads.apply(upload, by=request.user, all_or_nothing=request.POST.get("how") == "all")
    return redirect(frame.urls.page)


def cancel(request: PortalRequest, upload: Upload, frame: Frame) -> HttpResponse:
    with answers.outcome(request):
        uploads.cancel(upload, by=request.user)
    return redirect(frame.urls.page)


def report(request: PortalRequest, upload: Upload, frame: Frame) -> StreamingHttpResponse:
    """The bad lines with an error column, as CSV; a million of them go out a line at a time."""
    key = request.GET.get("problem", "")
    rows = uploads.report(upload, key=key if key in PROBLEMS else "")
    return answers.streamed(f"upload-{upload.pk}-errors", _streamed(request, rows, frame.role))


def _streamed(
    request: PortalRequest, rows: Iterable[Iterable[object]], role: Callable[[], AbstractContextManager[None]]
) -> Iterator[str]:
    """Runs after the view and its transaction: the person and the role are named anew."""
    with acting_as(request.user), transaction.atomic(), role():
        yield from exports.lines(rows)


def _fixed(request: PortalRequest, upload: Upload, frame: Frame, key: str, line: upload_problems.Line) -> HttpResponse:
    upload.refresh_from_db()
    group = _group(upload, key)
    if not request.htmx:
        return _fixed_page(request, upload, frame, group, line)
    groups = upload_problems.groups(uploads.problems(upload))
    context = _context(upload, frame) | {"line": line, "group": group, "groups": groups}
    context["left"] = next((one.count for one in groups if one.key == key), 0)
    return render(request, "devices/_upload_fixed.html", context)


def _fixed_page(
    request: PortalRequest, upload: Upload, frame: Frame, group: Group, line: upload_problems.Line
) -> HttpResponse:
    if line.good:
        messages.success(request, f"Line {line.number:,} is good now.")
        return redirect(f"{frame.urls.lines}?problem={group.key}")
    around = upload_problems.lines(upload, group.key, after=str(line.number - 1), may_fix=True)
    rows = [line, *(one for one in around.rows if one.number != line.number)]
    shown = upload_problems.Lines(rows, around.next, is_first=False)
    context = _context(upload, frame) | {"group": group, "groups": [group], "lines": shown}
    return render(request, frame.lines_page, context, status=422)


def _context(upload: Upload, frame: Frame) -> dict[str, Any]:
    may_fix = frame.may_act and upload.state == State.CHECKED
    return frame.context | {"shown": Shown(upload), "urls": frame.urls, "may_act": frame.may_act, "may_fix": may_fix}


def _problems(upload: Upload, frame: Frame) -> dict[str, Any]:
    """The problems by rule, and the lines of the first."""
    if upload.state in Upload.RUNNING or not upload.errors:
        return {"groups": [], "opened": None}
    groups = upload_problems.groups(uploads.problems(upload))
    may_fix = frame.may_act and upload.state == State.CHECKED
    first = upload_problems.lines(upload, groups[0].key, may_fix=may_fix) if groups else None
    absent = PROBLEMS.keys() - {one.key for one in groups}  # a corrected line may turn out to have another problem
    return {"groups": groups, "group": groups[0] if groups else None, "opened": first, "absent": sorted(absent)}


def _group(upload: Upload, key: str) -> Group:
    count = UploadLine.objects.filter(upload=upload, problem=key).count() if key else 0
    return Group(key, PROBLEMS.get(key) or next(iter(PROBLEMS.values())), count)


def _same_step(upload: Upload, before: str) -> bool:
    return before == upload.state or {before, upload.state} <= set(_CHECK)


def _go(request: PortalRequest, url: str) -> HttpResponse:
    """A redirect of the whole page, also for htmx, which would follow it and swap what it finds."""
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else HttpResponseRedirect(url)
