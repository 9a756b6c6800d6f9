"""Bytes of a CSV file into blocks of whole lines: letters, line ends and what no text has in it.

Nothing is held but the block at hand: a line that does not end is cut, and refused if it goes on.
"""

import codecs
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain

from devices.reading import unreadable

LONGEST_LINE = 10_000
"""Signs. A longer line is read to its end and reported as one that has the wrong form."""
_DAMAGED = 1_000_000
"""Signs in one line: this file has no lines."""
_MARKS = {codecs.BOM_UTF8: "latin-1", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
"""How a file says its encoding itself. Bytes stand for themselves at first: UTF-8 or cp1252 is told line by line."""
HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""Signs that no keyboard types and no text has."""
_PEEK = 1_000


def blocks(head: bytes, pieces: Iterable[bytes], *, name: str) -> Iterator[str]:
    """Whole lines with "\\n" between them. `head` is the beginning, enough of it to tell the encoding."""
    encoding, mark = _encoding(head)
    letters = _Letters() if encoding == "latin-1" else None
    line, is_begun = 0, False
    for block in _lines(chain([head[len(mark) :]], pieces), encoding=encoding, name=name):
        text = letters.read(block, after=line) if letters else block
        if found := HIDDEN.search(text):
            raise unreadable.no_text(name, line=line + 1 + text.count("\n", 0, found.start()))
        if not is_begun and text.lstrip().startswith("<"):  # a web page or other markup, whatever it is called
            raise unreadable.no_text(name)
        is_begun = is_begun or not text.isspace()
        line += text.count("\n")
        yield text


def _encoding(head: bytes) -> tuple[str, bytes]:
    """How bytes become signs, and the mark at the beginning that said so."""
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding, mark
    even, odd = head[0:_PEEK:2].count(0), head[1:_PEEK:2].count(0)
    if max(even, odd) * 4 > min(len(head), _PEEK) and max(even, odd) > 4 * min(even, odd):  # every second byte is 0
        return ("utf-16-be" if even > odd else "utf-16-le"), b""
    return "latin-1", b""


def _lines(pieces: Iterable[bytes], *, encoding: str, name: str) -> Iterator[str]:
    """Blocks that end where a line ends; the last one may not."""
    rest, line, passed = "", 0, 0
    for text in _signs(pieces, encoding):
        if len(rest) > LONGEST_LINE:  # all of this line that is needed: pass over what follows of it
            end = text.find("\n")
            passed += len(text) if end < 0 else end
            if passed > _DAMAGED:
                raise unreadable.no_text(name, line=line + 1)
            text = "" if end < 0 else text[end:]  # noqa: PLW2901  (what is left of it)
        block = rest + text
        end = block.rfind("\n") + 1
        rest = block[end : end + LONGEST_LINE + 1]
        if end:
            line, passed = line + block.count("\n"), 0
            yield block[:end]
    if rest:
        yield rest


def _signs(pieces: Iterable[bytes], encoding: str) -> Iterator[str]:
    """The pieces decoded, each line end as "\\n"."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
    line = 1
    try:
        for piece in pieces:
            text = decoder.decode(piece)
            line += text.count("\n")
            yield text
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as wrong:
        raise unreadable.letters(line) from wrong


class _Letters:
    """UTF-8 or cp1252, which nobody says: the first line with a letter beyond ASCII tells. A file has one of them."""

    def __init__(self) -> None:
        self.encodings: set[str] = set()

    def read(self, block: str, *, after: int) -> str:
        """The letters of a block in which each sign is still a byte. `after` lines came before it."""
        if block.isascii():
            return block
        lines = block.split("\n")
        for at, line in enumerate(lines):
            if not line.isascii():
                lines[at] = self._line(line, number=after + at + 1)
        return "\n".join(lines)

    def _line(self, line: str, *, number: int) -> str:
        typed = line.encode("latin-1")
        if len(typed) > LONGEST_LINE:  # may be cut inside a letter, and is refused anyhow
            return typed.decode("utf-8", errors="replace")
        try:
            text, encoding = _utf8_or_cp1252(typed)
        except UnicodeDecodeError as wrong:
            raise unreadable.letters(number) from wrong
        self.encodings.add(encoding)
        if len(self.encodings) > 1:
            raise unreadable.letters(number)
        return text


def _utf8_or_cp1252(typed: bytes) -> tuple[str, str]:
    try:
        return typed.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return typed.decode("cp1252"), "cp1252"
