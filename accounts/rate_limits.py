"""How often an address or a person may do what could be used to find things out (words.md rate.any).

allauth's own limits guard sign-in, reset and re-authentication; these guard our forms, but for `sign_in`, which says
what allauth counts. Counted in Valkey, in windows of fixed length; the same for right and wrong values.
"""

import time
from collections import Counter
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

_own: Counter[str] = Counter()
"""What this process counts while Valkey is away."""


@dataclass(frozen=True)
class Limit:
    """So many acts in so many seconds, and how a person reads both."""

    number: int
    seconds: int
    acts: str
    period: str


LIMITS = {
    "sign_in": Limit(5, 300, "failed sign-ins", "5 minutes, and 10 from one network in a minute"),
    "apply": Limit(20, 3600, "applications", "an hour"),
    "link": Limit(600, 3600, "opened links", "an hour"),  # an office shares an address; a token has 256 bits
    "look_up": Limit(60, 3600, "look-ups", "an hour"),
    "enroll": Limit(2000, 3600, "enrolled devices", "an hour"),  # a company's phones share its address
    "ask_for_end": Limit(5, 86_400, "requests to end the management", "a day"),
    "send_again": Limit(5, 86_400, "new links to the same customer", "a day"),
    "enter_key": Limit(100, 3600, "tries to enter a license key", "an hour"),
    "show_key": Limit(100, 3600, "looks at a license key", "an hour"),
    "add_customer": Limit(300, 3600, "tries to add a customer", "an hour"),
    "name_customer": Limit(120, 3600, "tries to add a customer", "an hour"),
    "agent_enroll": Limit(5000, 3600, "enrolled agents", "an hour"),  # of an address, which a company's phones share
    "agent_checkin": Limit(120, 60, "check-ins", "a minute"),
    "agent_unknown": Limit(600, 60, "requests of unknown devices", "a minute"),  # of an address, as above
    "agent_report": Limit(240, 60, "reports", "a minute"),
    "swap": Limit(200, 3600, "swaps of devices", "an hour"),  # each says whether Knox has a device
    "invite": Limit(300, 86_400, "invitations", "a day"),
    "invite_contact": Limit(10, 86_400, "invitations to one contact person", "a day"),
    "recount": Limit(60, 3600, "counts of your alerts", "an hour"),
    "upload": Limit(120, 3600, "uploads", "an hour"),
    "ticket": Limit(30, 3600, "tickets", "an hour"),
    "ticket_reply": Limit(120, 3600, "answers in tickets", "an hour"),
}


class TooOften(Exception):
    """Answered with 429 and Retry-After (portals/refusals.py)."""

    def __init__(self, limit: Limit, wait: int) -> None:
        super().__init__(limit.acts)
        self.limit, self.wait = limit, wait


def consume(request: HttpRequest, act: str, *, whose: str = "") -> None:
    """Count one more act of `whose`, else of this person, else of this address. Raises TooOften.

    While Valkey is away people work on, and each process counts for itself.
    """
    limit = LIMITS[act]
    whose = whose or str(request.user.pk or get_adapter().get_client_ip(request))
    window, passed = divmod(int(time.time()), limit.seconds)
    key = f"limit:{act}:{whose}:{window}"
    try:
        count = _counted(key, limit)
        _own.clear()
    except RedisError:
        _own[key] += 1
        count = _own[key]
    if count > limit.number:
        raise TooOften(limit, limit.seconds - passed)


def _counted(key: str, limit: Limit) -> int:
    try:
        return int(cache.incr(key))
    except ValueError:  # the first of its window
        return 1 if cache.add(key, 1, timeout=limit.seconds) else _next(key)


def _next(key: str) -> int:
    """Two came first at the same moment; the window may end, or Valkey be emptied, even between these."""
    try:
        return int(cache.incr(key))
    except ValueError:
        return 1
