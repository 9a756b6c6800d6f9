"""A mail server that keeps what it gets, so that tests read mail as people do."""

import contextlib
import logging
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

SECONDS = 90
"""How long a letter may be under way: the clock that writes some of them comes every half minute, and the worker may be
busy with those before it."""


@dataclass(frozen=True)
class Letter:
    """One mail as it came over the wire."""

    to: tuple[str, ...]
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    @property
    def link(self) -> str:
        """Where the letter's button leads."""
        found = re.search(r":\n(http\S+)", self.text)
        assert found, f"No button in this letter:\n{self.text}"
        return found[1]

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        assert part is not None, f"No {kind} part in “{self.subject}”"
        return str(part.get_content()).replace("\r\n", "\n")


class Inbox:
    """Every letter to everybody. Runs in a thread of the test process while entered."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._letters: list[Letter] = []
        self._arrival = threading.Condition()
        self._answer = "250 OK"
        self._server = self._new()

    def __enter__(self) -> "Inbox":
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # else every line of SMTP stands beside a failure
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        if self._answer.startswith("250"):
            with self._arrival:
                self._letters.append(Letter(tuple(envelope.rcpt_tos), message))
                self._arrival.notify_all()
        return self._answer

    @contextlib.contextmanager
    def refusing(self, answer: str) -> Iterator[None]:
        """Whoever brings a letter meanwhile is told this, and nothing is kept."""
        self._answer = answer
        try:
            yield
        finally:
            self._answer = "250 OK"

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """Nobody listens meanwhile."""
        self._server.stop()
        try:
            yield
        finally:
            self._server = self._new()
            self._server.start()

    def all(self) -> list[Letter]:
        """Everybody's, oldest first."""
        return list(self._letters)

    def _new(self) -> Controller:
        return Controller(self, hostname="127.0.0.1", port=self.port)

    def letters(self, to: str) -> list[Letter]:
        """What this person has got until now, oldest first."""
        return [letter for letter in self._letters if to in letter.to]

    def letter(self, to: str, subject: str, *, says: str = "") -> Letter:
        """The newest letter to this person with these words in its subject and `says` in its text. Waits for it."""
        deadline = time.monotonic() + SECONDS
        with self._arrival:
            while not (found := [one for one in self.letters(to) if subject in one.subject and says in one.text]):
                left = deadline - time.monotonic()
                came = [one.subject for one in self.letters(to)]
                assert left > 0, f"No letter “{subject}” to {to} in {SECONDS} seconds. It has {came}"
                self._arrival.wait(left)
        return found[-1]
