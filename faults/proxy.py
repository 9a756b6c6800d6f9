"""One address in front of several web processes: each new connection goes to the next one that takes it.

What a proxy of a deployment does, without its comforts: no health checks, no second try once a request was passed on.
"""

import asyncio
import contextlib
import threading
from asyncio import StreamReader, StreamWriter
from itertools import cycle
from typing import Any

from msp_portal.servers import is_free

_NOBODY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Proxy:
    """Runs in a thread of its own while entered."""

    def __init__(self, port: int, behind: list[int]) -> None:
        assert is_free(port)
        self.port, self._behind, self._turns = port, behind, cycle(range(len(behind)))
        self.passed = [0] * len(behind)
        """Requests that each has answered."""
        self.cut = 0
        """Requests that were with a process when it died: passed on, never answered."""
        self.nobody = 0
        """Requests that no process took."""
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "Proxy":
        self._thread.start()
        listening = asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=512)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result(5)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # transports close in the next turn

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        if task := asyncio.current_task():  # asyncio forgets it when the client hangs up
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        with contextlib.suppress(ConnectionError):
            taken = await self._taken()
            if taken is None:
                self.nobody += 1
                writer.write(_NOBODY)
            else:
                await self._pass(reader, writer, *taken)
            await writer.drain()
        await _closed(writer)

    async def _taken(self) -> tuple[int, StreamReader, StreamWriter] | None:
        """A connection to the next process that takes one."""
        turn = next(self._turns)
        for step in range(len(self._behind)):  # each once: others take turns meanwhile
            number = (turn + step) % len(self._behind)
            with contextlib.suppress(OSError):
                return number, *await asyncio.open_connection("127.0.0.1", self._behind[number])
        return None

    async def _pass(
        self, reader: StreamReader, writer: StreamWriter, number: int, answers: StreamReader, asks: StreamWriter
    ) -> None:
        asking = asyncio.create_task(_pump(reader, asks))
        sent = await _pump(answers, writer)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await _closed(asks)
        if sent:
            self.passed[number] += 1
        else:
            self.cut += 1


async def _pump(source: StreamReader, sink: StreamWriter) -> int:
    """Everything from one to the other. How many bytes it was."""
    sent = 0
    with contextlib.suppress(ConnectionError):
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()
            sent += len(data)
    return sent


async def _closed(writer: StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
