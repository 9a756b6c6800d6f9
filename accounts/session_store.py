"""Sessions in PostgreSQL with a copy in Valkey, without which people go on."""

import logging
from typing import Any

from django.contrib.sessions.backends import cached_db, db
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class SessionStore(cached_db.SessionStore):
    """Django's reads the database where the cache does not answer, and breaks when it then leaves a copy there, asks
    for one, or takes one away."""

    def load(self) -> dict[str, Any]:
        try:
            return super().load()
        except RedisError:
            return db.SessionStore.load(self)

    def exists(self, session_key: str) -> bool:
        try:
            return bool(super().exists(session_key))
        except RedisError:
            return bool(db.SessionStore.exists(self, session_key))

    def delete(self, session_key: str | None = None) -> None:
        """PostgreSQL's goes first. A Valkey that was only parted from us keeps its copy until that is too old."""
        try:
            super().delete(session_key)
        except RedisError:
            logger.warning("an ended session may have a copy in Valkey, which does not answer")
