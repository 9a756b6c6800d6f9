"""What the page of an upload shows, in whichever portal: where its buttons lead, and how far it is.

The addresses come from the caller (`Urls`), so that the same fragments (templates/devices/_upload_*.html) serve the
MSP Portal and the Reseller Portal. Its bad lines are in devices/pages/upload_problems.py.
"""

from dataclasses import dataclass

from devices.models import Upload

STEPS = ("File", "Check", "Add")
_HEADINGS = {
    Upload.State.WAITING: "Checking your file",
    Upload.State.CHECKING: "Checking your file",
    Upload.State.CHECKED: "Check result",
    Upload.State.ADDING: "Adding devices",
    Upload.State.DONE: "Upload result",
    Upload.State.FAILED: "We could not add this file",
    Upload.State.CANCELLED: "Upload cancelled",
}


@dataclass(frozen=True)
class Urls:
    """Where the buttons and links of an upload lead; empty: there is none."""

    page: str
    cancel: str
    apply: str
    lines: str
    fix: str
    report: str
    uploads: str
    new: str
    devices: str = ""


@dataclass(frozen=True)
class Phase:
    """One step of the work: `now` is "done", "running" or "to come"."""

    label: str
    now: str
    figure: str


class Shown:
    """An upload as its page shows it. Figures are text, ready to print."""

    def __init__(self, upload: Upload) -> None:
        self.upload, self.state = upload, Upload.State(upload.state)
        self.id = str(upload.pk)
        self.good = upload.lines - upload.errors
        self.adds = self.state == Upload.State.ADDING
        self.is_running = self.state in Upload.RUNNING

    @property
    def size(self) -> str:
        return written_size(self.upload.size)

    @property
    def heading(self) -> str:
        return _HEADINGS[self.state]

    @property
    def steps(self) -> list[tuple[str, str]]:
        """The three steps, each with "done", "now" or nothing."""
        at = {Upload.State.ADDING: 2, Upload.State.DONE: 3}.get(self.state, 1)
        return [(label, "done" if at > number else "now" if at == number else "") for number, label in enumerate(STEPS)]

    @property
    def percent(self) -> int:
        """Of the bytes while it is checked, of the good lines while they are added; never 100 before the end."""
        done, all_of_it = (self._added, self._to_add) if self.adds else (self.upload.bytes_read, self.upload.size)
        return min(99, done * 100 // all_of_it) if all_of_it else 0

    @property
    def tenth(self) -> int:
        """The last full tenth: a screen reader hears each, not each second."""
        return self.percent // 10 * 10

    @property
    def sentence(self) -> str:
        if self.adds:
            return f"{self._added:,} of {self._to_add:,} devices added"
        if not self.upload.bytes_read:
            return "The check begins in a moment"
        return f"{self.upload.lines:,} of about {self._lines_guessed:,} lines checked"

    @property
    def phases(self) -> list[Phase]:
        lines, ready = f"{self.upload.lines:,}", "done" if self.adds else "to come"
        checking = Phase("Numbers, region and duplicates checked", "done" if self.adds else "running", lines)
        last = "Devices added" if self.adds or self.upload.add_at_once else "Result shown"
        now = "running" if self.adds else ready
        return [Phase("File received and kept", "done", ""), checking, Phase(last, now, f"{self._added:,}" * self.adds)]

    @property
    def meter(self) -> dict[str, str]:
        """Two parts of a bar of 100: good and bad, with a gap between where there are both."""
        good = self.good if self.state == Upload.State.CHECKED else self.upload.added
        share = 100 * good / self.upload.lines if self.upload.lines else 0
        gap = 0.5 if 0 < share < 100 else 0  # noqa: PLR2004  (percent)
        start = min(share, 99 - gap) + gap if share < 100 else 100.0  # noqa: PLR2004  (one bad line can be seen)
        return {"good": f"{max(start - gap, 0):.2f}", "start": f"{start:.2f}", "bad": f"{max(100 - start, 0):.2f}"}

    @property
    def _to_add(self) -> int:
        return self.good

    @property
    def _added(self) -> int:
        return min(self.upload.added, self.good)

    @property
    def _lines_guessed(self) -> int:
        """From the bytes read so far; rounded, because it is a guess."""
        upload = self.upload
        guess = max(upload.lines, upload.lines * upload.size // max(upload.bytes_read, 1))
        return guess if guess < 100 else round(guess, 1 - len(str(guess)) + 1)  # noqa: PLR2004  (two digits)


def written_size(size: int) -> str:
    """Bytes as people read them: 3.4 MB, 160 kB."""
    return f"{size / 1_000_000:,.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000)):,} kB"  # noqa: PLR2004
