"""Sessions in PostgreSQL with a copy in Valkey, without which people go on."""

from typing import Any

from django.contrib.sessions.backends import cached_db, db
from redis.exceptions import RedisError


class SessionStore(cached_db.SessionStore):
    """Django's reads the database where the cache does not answer, and breaks when it then leaves a copy there."""

    def load(self) -> dict[str, Any]:
        try:
            return super().load()
        except RedisError:
            return db.SessionStore.load(self)
