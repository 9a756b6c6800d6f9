"""Files that are refused as a whole, and the sentences that say so (words.md 3.5)."""

from rules.errors import RuleBroken

_LONGEST_NAME = 80
_SAVE_AS = "In your spreadsheet choose Save as, then CSV UTF-8."
_MEGABYTE = 1_000_000


class Unreadable(RuleBroken):
    """No line of the file can be used. Its text is the sentence for the person."""

    def __init__(self, sentence: str, *, status: int = 422) -> None:
        super().__init__(sentence, status=status, field="file")


def nothing() -> Unreadable:
    return Unreadable("Choose a CSV file, or paste IMEIs into the box.")


def empty(name: str) -> Unreadable:
    return Unreadable(f"{called(name)} has no devices in it. Put one device on each line and send it again.")


def too_big(name: str, *, size: int, megabytes: int) -> Unreadable:
    """`size` in bytes; `megabytes` is the limit."""
    shown = f"{size / _MEGABYTE:,.1f} MB"
    return Unreadable(
        f"{called(name)} has {shown}. A file can have up to {megabytes} MB. Split it and send the parts.", status=413
    )


def too_many(name: str, *, lines: int, limit: int) -> Unreadable:
    return Unreadable(f"{called(name)} has {lines:,} lines. An upload can have {limit:,}. Split it and send the parts.")


def no_text(name: str, *, line: int | None = None) -> Unreadable:
    """Not text at all or, with a line, text with something in it that no keyboard types."""
    damaged = f", or hidden characters damaged line {line:,}" if line else ""
    return Unreadable(f"{called(name)} is not a CSV file{damaged}. {_SAVE_AS}")


def letters(line: int) -> Unreadable:
    return Unreadable(
        f"We cannot read the letters from line {line:,} on. Save the file as CSV UTF-8 and send it again."
    )


def no_column(column: str) -> Unreadable:
    return Unreadable(f"We need the column {column} and did not find it. Download the template.")


def column_twice(column: str) -> Unreadable:
    return Unreadable(f"The column {column} is there twice. Keep the right one and send the file again.")


def macros(name: str) -> Unreadable:
    return Unreadable(f"{called(name)} has macros in it, and we do not open those. {_SAVE_AS}")


def too_wide(name: str) -> Unreadable:
    """A workbook that unpacks to far more than a list of devices needs: a bomb, or a sheet of empty columns."""
    return Unreadable(f"{called(name)} unpacks to more than a list of devices needs. {_SAVE_AS}")


def called(name: str) -> str:
    """The file as a sentence names it."""
    if not name:
        return "The list"
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
