"""How large a sent file may be, before anybody looks at it."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from rules import settings as rule

MEGABYTE = 1_000_000


class SizeLimit(FileUploadHandler):
    """Keeps nothing of a file beyond the limit, but counts on to its end.

    The form then has the other fields and the true size, and can say both (words.md file.size). It stands first in
    FILE_UPLOAD_HANDLERS, because the check of the CSRF token reads the body before any view.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.limit = rule.number("upload_megabytes") * MEGABYTE

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start + len(raw_data) <= self.limit else None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """An empty file with the true size, in place of one that was too large; else the next handler's."""
        if file_size <= self.limit:
            return None
        return UploadedFile(BytesIO(), self.file_name, self.content_type, file_size, self.charset)
