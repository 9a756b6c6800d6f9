"""Django's PostgreSQL backend, plus one statement at the start of each outermost transaction: who asks, and how long a
statement or a silence may last (docs/adr/0004, 0037)."""

from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base

from accounts import acting

_PATIENT = ("statement_timeout", "idle_in_transaction_session_timeout")


class DatabaseWrapper(base.DatabaseWrapper):
    def set_autocommit(self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False) -> None:
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        if not autocommit:
            self._set_local(_of_the_person(acting.user_id()) | _of_the_process())

    def set_acting_user(self, user_id: int | None) -> None:
        """Name the person for the policies, until the end of the transaction."""
        self._set_local(_of_the_person(user_id) or {"app.user_id": ""})

    def _set_local(self, values: dict[str, str]) -> None:
        """As SET LOCAL does, which is safe behind a pooler; all in one statement."""
        if values:
            connection: Any = self.connection
            calls = ", ".join(["set_config(%s, %s, true)"] * len(values))
            connection.execute(f"SELECT {calls}", [part for pair in values.items() for part in pair])


def _of_the_person(user_id: int | None) -> dict[str, str]:
    return {} if user_id is None else {"app.user_id": str(user_id)}


def _of_the_process() -> dict[str, str]:
    """Nothing for workers and commands, which may take their time."""
    return dict.fromkeys(_PATIENT, f"{settings.DATABASE_PATIENCE}s") if settings.DATABASE_PATIENCE else {}
