"""On whose behalf the database is asked.

PostgreSQL's policies read `app.user_id` (docs/adr/0004). It is set for one transaction at a time, by
`accounts.database`, from the person named here. Nobody named: no rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, LiteralString

import psycopg
from django.db import connection, transaction
from psycopg.pq import TransactionStatus

if TYPE_CHECKING:  # accounts.database imports this module before there are models
    from accounts.models import User

_role: ContextVar[LiteralString] = ContextVar("acting_role", default="DEFAULT")
_user_id: ContextVar[int | None] = ContextVar("acting_user_id", default=None)

OPERATOR: Final = "portal_operator"
RESELLER: Final = "portal_reseller"
AGENT: Final = "portal_agent"


def user_id() -> int | None:
    """The person on whose behalf the database is asked now."""
    return _user_id.get()


@contextmanager
def acting_as(user: "User | None") -> Iterator[None]:
    """Ask the database on behalf of `user`; None asks on behalf of nobody and sees no tenant's rows."""
    before = _user_id.set(user.pk if user else None)
    try:
        _tell_an_open_transaction()
        yield
    finally:
        _user_id.reset(before)
        _tell_an_open_transaction()


@contextmanager
def as_operator() -> Iterator[None]:
    """See every organization's rows until the end of the block, inside one transaction.

    For the Samsung Admin Portal, background jobs, and the few steps of a verb that must look beyond the
    person who acts. Each use is listed in tests/architecture/test_operator.py.
    """
    with _as(OPERATOR):
        yield


@contextmanager
def as_reseller() -> Iterator[None]:
    """See what the acting person's resellers may see, and nothing else, inside one transaction.

    The Reseller Portal and its uploads run in it: the policies for MSPs and customers say nothing about a
    reseller's own rows, and those for resellers nothing about anybody else's (docs/adr/0016).
    """
    with _as(RESELLER):
        yield


@contextmanager
def as_agent(secret: bytes) -> Iterator[None]:
    """See the rows of the one device whose agent has this secret (SHA-256, 32 bytes), inside one transaction.

    What devices send is answered in it (docs/agent-v1.md): no filter that is forgotten shows one device another's.
    """
    with _as(AGENT, secret.hex()):
        yield


@contextmanager
def _as(role: LiteralString, agent: str = "") -> Iterator[None]:
    """Take a database role for the block. The one before it comes back, also where the block fails."""
    before = _role.get()
    if before == role and not agent:
        yield
        return
    is_alone = not connection.in_atomic_block
    with transaction.atomic():
        # One statement, as agents come often. `role` set in this way is that of SET LOCAL.
        _execute("SELECT set_config('role', %s, true), set_config('app.agent', %s, true)", role, agent)
        _role.set(role)
        try:
            yield
        finally:
            _role.set(before)
        # A block that fails is rolled back, and the role with it; the end of a transaction takes it away, too.
        if not is_alone:
            _execute("SET LOCAL role TO " + before)


def _execute(statement: LiteralString, *params: str) -> None:
    raw: psycopg.Connection = connection.connection
    raw.execute(statement, params or None)


def _tell_an_open_transaction() -> None:
    """A failed transaction takes no statement, and its rollback brings the name before it back."""
    if connection.connection is None or not connection.in_atomic_block:
        return
    if connection.connection.info.transaction_status == TransactionStatus.INTRANS:
        connection.set_acting_user(_user_id.get())  # type: ignore[attr-defined]
