"""Which customers a person opened last, the newest first. Kept in the session, so that it ends with it."""

from django.contrib.sessions.backends.base import SessionBase

from tenants.models import Customer

SHOWN = 4
_KEY = "recent_customers"


def remember(session: SessionBase, customer: Customer) -> None:
    """Put the customer first."""
    before = keys(session)
    recent = [customer.pk, *(pk for pk in before if pk != customer.pk)][: SHOWN + 1]
    if recent != before:
        session[_KEY] = recent


def keys(session: SessionBase) -> list[int]:
    """Of at most one more than are shown, because the one on the page is left out."""
    found: list[int] = session.get(_KEY, [])
    return found
