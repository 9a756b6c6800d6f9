"""What both sides see of a ticket: its messages, and files that a browser only saves."""

from io import BytesIO

from django.db.models import Prefetch, QuerySet
from django.http import FileResponse

from support.models import Attachment, Message, Ticket


def thread(ticket: Ticket) -> QuerySet[Message]:
    """The messages, oldest first, each with its files but for their content. Two queries."""
    files = Prefetch("files", queryset=Attachment.objects.defer("content").order_by("pk"))
    return ticket.messages.select_related("author").prefetch_related(files).order_by("pk")


def download(file: Attachment) -> FileResponse:
    """Saved and never shown: what somebody sent does not run in the portal's name."""
    content = BytesIO(bytes(file.content))
    response = FileResponse(content, as_attachment=True, filename=file.name, content_type=file.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
