"""Django's PostgreSQL backend, plus one statement: who asks, at the start of each outermost transaction."""

from typing import Any

from django.db.backends.postgresql import base

from accounts import acting

_SET = "SELECT set_config('app.user_id', %s, true)"


class DatabaseWrapper(base.DatabaseWrapper):
    def set_autocommit(self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False) -> None:
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        if not autocommit and (user_id := acting.user_id()) is not None:
            self.set_acting_user(user_id)

    def set_acting_user(self, user_id: int | None) -> None:
        """Name the person for the policies, until the end of the transaction (SET LOCAL: safe behind a pooler)."""
        connection: Any = self.connection
        connection.execute(_SET, ["" if user_id is None else str(user_id)])
