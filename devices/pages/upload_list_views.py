"""The uploads of a customer as a list: what its address asks for, as one query; and the same as CSV."""

from collections.abc import Iterator

from django.db.models import F, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_GET

from devices.models import Upload
from rules import settings as rule
from tenants import access, lists, two_portals
from tenants.door import TenantRequest, for_customer
from tenants.models import Customer
from tenants.pages import answers

State = Upload.State
_DONE = Q(state=State.DONE)
_PARTLY = _DONE & Q(errors__gt=0, added__gt=0)
STATUSES: dict[str, tuple[str, Q]] = {
    "progress": ("In progress", Q(state__in=[State.WAITING, State.CHECKING, State.CHECKED, State.ADDING])),
    "completed": ("Completed", _DONE & Q(errors=0)),
    "partly": ("Completed with errors", _PARTLY),
    "error": ("Error", Q(state=State.FAILED) | _DONE & Q(errors__gt=0, added=0)),
    "cancelled": ("Cancelled", Q(state=State.CANCELLED)),
}
"""As people read them (knox.md 4.2); the same words as Upload.status."""
_COLUMNS = {
    "sent": ("Uploaded", lists.Order("sent_at", descending=True)),
    "name": ("File", lists.Order("file_name")),
    "lines": ("Lines", lists.Order("lines", descending=True)),
}


class UploadList:
    """One reading of the address. Unknown values are left out rather than refused: a list is only looked at."""

    def __init__(self, query: QueryDict) -> None:
        self.query = query
        self.q = query.get("q", "").strip()[:200]
        self.status = query.get("status", "") if query.get("status") in STATUSES else ""
        self.sorting = lists.Sorting(query, _COLUMNS, default="sent")

    def rows(self, uploads: QuerySet[Upload]) -> QuerySet[Upload]:
        """Those of `uploads` that the address asks for: by Upload ID, or by the start of the file's name."""
        rows = uploads.filter(STATUSES[self.status][1]) if self.status else uploads
        if self.q:
            by_name = Q(file_name__istartswith=self.q)
            rows = rows.filter(by_name | Q(pk=lists.key(self.q)))
        return rows

    def page(self, uploads: QuerySet[Upload]) -> lists.Page[Upload]:
        return lists.page(self.rows(uploads), self.sorting.order, self.query)

    def chips(self) -> list[lists.Chip]:
        shown = {"q": ("Search", self.q), "status": ("Status", STATUSES[self.status][0] if self.status else "")}
        return lists.chips(self.query, shown)


def told(uploads: list[Upload], place: two_portals.Place) -> list[tuple[Upload, str]]:
    """Each with the one who sent it, as this side reads it. One query."""
    who = place.who(one.uploaded_by_id for one in uploads)
    return [(one, who[one.uploaded_by_id] or str(Upload.Channel.APP.label)) for one in uploads]


def csv_rows(rows: list[tuple[Upload, str]]) -> Iterator[list[object]]:
    """The list as CSV, head first."""
    yield ["Upload ID", "File", "Uploaded by", "Lines", "Added", "Not added", "Uploaded", "Status"]
    for upload, sender in rows:
        yield [
            upload.pk,
            upload.file_name,
            sender,
            upload.lines,
            upload.added,
            upload.left_out,
            upload.sent_at,
            upload.status,
        ]


@require_GET
@for_customer
def upload_list(request: TenantRequest, customer: Customer) -> HttpResponse:
    listed = UploadList(request.GET)
    page = listed.page(Upload.objects.filter(customer=customer))
    context = {
        "customer": customer,
        "listed": listed,
        "chips": listed.chips(),
        "columns": listed.sorting.heads(),
        "page": page,
        "rows": told(page.rows, two_portals.in_msp_portal(request, customer)),
        "statuses": [(key, label) for key, (label, _) in STATUSES.items()],
        "may_act": access.MANAGE in request.customer_rights,
        "ended": Upload.ENDED,
        "csv_url": reverse("upload-export", args=[customer.kcs_id]) + lists.without(request.GET),
    }
    return answers.listed(request, "devices/uploads.html", context)


@require_GET
@for_customer
def upload_export(request: TenantRequest, customer: Customer) -> HttpResponse:
    """CSV of what the list shows, the newest first, up to the number of lines that one waits for."""
    rows = UploadList(request.GET).rows(Upload.objects.filter(customer=customer))
    newest = list(rows.order_by(F("sent_at").desc(), "-pk")[: rule.number("export_limit")])
    shown = told(newest, two_portals.in_msp_portal(request, customer))
    return answers.csv(f"uploads-{customer.kcs_id}", csv_rows(shown))
