"""How large a sent file may be, before anybody looks at it."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from rules import settings as rule

MEGABYTE = 1_000_000
SMALL = 2 * MEGABYTE
"""All files of one request to a page that is not marked, or of somebody who is not signed in."""


def takes_files[View: Callable[..., Any]](view: View) -> View:
    """Mark a page to which people who are signed in send large files."""
    view.takes_files = True  # type: ignore[attr-defined]  # read by SizeLimit
    return view


class SizeLimit(FileUploadHandler):
    """Keeps nothing of a file beyond the limit, but counts on to its end. The files of a request share the limit.

    The form then has the other fields and the true size, and can say both (words.md file.size). It stands first in
    FILE_UPLOAD_HANDLERS, because the check of the CSRF token reads the body before any view, and before anybody asks
    who is signed in: so everybody can send files to every page.
    """

    room: int | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.limit = self.room = _room(self.request) if self.room is None else self.room

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start + len(raw_data) <= self.limit else None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """An empty file with the true size, in place of one that was too large; else the next handler's."""
        self.room = max(self.limit - file_size, 0)
        if file_size <= self.limit:
            return None
        self._drop()
        return UploadedFile(BytesIO(), self.file_name, self.content_type, file_size, self.charset)

    def _drop(self) -> None:
        """What the handlers after this one kept of the file: it would lie on the disk until somebody cleans up."""
        for handler in self.request.upload_handlers if self.request else ():
            if kept := getattr(handler, "file", None):
                kept.close()


def _room(request: HttpRequest | None) -> int:
    """Bytes that the files of this request may have together."""
    page = request.resolver_match if request else None
    if request and page and hasattr(page.func, "takes_files") and request.user.is_authenticated:
        return rule.number("upload_megabytes") * MEGABYTE
    return SMALL
