"""Files beside a message: what they are is told by their first bytes, not by their names (words.md ticket.file)."""

import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from rules import settings as rule
from rules.errors import RuleBroken
from support.models import Attachment, Message

MEGABYTE = 1_000_000
_LONGEST = 100
_SIGNS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"%PDF-": "application/pdf"}
_TEXT = "text/plain"
_ENDINGS = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "application/pdf": (".pdf",),
    _TEXT: (".txt", ".log"),
}


class Sent(NamedTuple):
    """A file as the browser sends it."""

    name: str
    content: bytes


def keep(files: Iterable[Sent], *, message: Message) -> None:
    """Store the files of a message. Refuses what is no picture, PDF or text, too big, or too many."""
    numbers = rule.numbers("ticket_file_megabytes", "ticket_files")
    sent = list(files)
    if len(sent) > numbers["ticket_files"]:
        raise RuleBroken(f"Send up to {numbers['ticket_files']} files at once.", field="attached")
    for file in sent:
        media_type = recognize(file.content)
        if not media_type or not file.content or len(file.content) > numbers["ticket_file_megabytes"] * MEGABYTE:
            raise RuleBroken(
                f"{shown(file.name)} is not a picture, PDF, text or log of up to "
                f"{numbers['ticket_file_megabytes']} MB.",
                field="attached",
            )
        Attachment.objects.create(
            message=message,
            ticket_id=message.ticket_id,
            name=safe_name(file.name, media_type),
            media_type=media_type,
            size=len(file.content),
            content=file.content,
        )


def recognize(content: bytes) -> str:
    """The media type; empty for what we do not take. Web pages and pictures made of text count as plain text."""
    known = next((media_type for sign, media_type in _SIGNS.items() if content.startswith(sign)), "")
    return known or (_TEXT if _is_text(content) else "")


def safe_name(name: str, media_type: str) -> str:
    """A name that no system reads as a path or a program: its ending is one of the type's own."""
    kept = shown(name)
    endings = _ENDINGS[media_type]
    return kept if kept.lower().endswith(endings) else kept + endings[0]


def shown(name: str) -> str:
    """The name without folders and without what cannot be seen or is special to a system."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(letter for letter in last if unicodedata.category(letter)[0] in "LNMPSZ" and letter not in '<>:"|?*')
    return kept.strip(" .")[-_LONGEST:] or "file"


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not any(unicodedata.category(letter) == "Cc" and letter not in "\t\n\r\x0c\x1b" for letter in text)
