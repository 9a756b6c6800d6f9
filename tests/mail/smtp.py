"""A real mail server in the test's process, which can refuse, take its time, or do something on arrival."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message
from time import sleep
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Reads


class Server(Reads):
    """Keeps what arrives. `answer` is called for each letter; a text that it returns is the refusal."""

    def __init__(self) -> None:
        super().__init__()
        self.port = 0
        self.arrived: list[Message] = []
        self.answer: Callable[[], str | None] = lambda: None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        refusal = await server.loop.run_in_executor(None, self.answer)
        if refusal:
            return refusal
        answer: str = await super().handle_DATA(server, session, envelope)
        return answer

    def handle_message(self, message: Message) -> None:
        self.arrived.append(message)

    def refuse(self, sentence: str | None) -> None:
        self.answer = lambda: sentence

    def take(self, seconds: float) -> None:
        self.answer = lambda: sleep(seconds)

    @property
    def config(self) -> dict[str, Any]:
        """The setting MAILERS that leads here."""
        options = {"host": "127.0.0.1", "port": self.port, "timeout": 10}
        return {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    server.port = free_port()
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
