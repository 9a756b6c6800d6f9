"""What the worker is asked for: the tasks that this process left in Valkey."""

import json
import os
from base64 import b64decode
from typing import Any

from celery import current_app


def asked_of_the_worker() -> list[tuple[str, list[Any]]]:
    """Name and arguments of each task, oldest first; taken out. Those of parallel runs stay where they are."""
    found = []
    with current_app.connection_for_read() as broker:
        valkey = broker.default_channel.client
        for raw in reversed(valkey.lrange("celery", 0, -1)):
            message = json.loads(raw)
            if message["headers"]["origin"].startswith(f"gen{os.getpid()}@"):
                valkey.lrem("celery", 1, raw)
                found.append((message["headers"]["task"], json.loads(b64decode(message["body"]))[0]))
    return found
