"""The sorts of emails about alerts that a person can stop: a channel as a whole, or one kind of alert on it.

What is stopped lies in accounts/mail_choices.py, with the topics of the letters to the team (tenants/teams.py).
"""

from alerts.sources import SOURCES
from tenants import teams

DIGEST, CRITICAL, QUEUE = "digest", "critical", "queue"
CHANNELS = {
    DIGEST: "the daily email about new alerts",
    CRITICAL: "emails at once about critical alerts",
    QUEUE: "the daily email about what waits for Samsung",
}
# The team hears of these by letters of their own at the same time (licensing/expiry.py, onboarding/endings.py).
_HAVE_LETTERS = {"license_ending", "license_ended", "trial_ending", "management_ending"}

KINDS = [(one.kind, one.label) for one in SOURCES.values()]
AT_ONCE = [
    (one.kind, one.label) for one in SOURCES.values() if "'critical'" in one.query and one.kind not in _HAVE_LETTERS
]
"""Kinds that can become critical and that no other letter tells of."""


def of(channel: str, kind: str) -> str:
    """The topic of one kind of alert on a channel."""
    return f"{channel}:{kind}"


def name(topic: str) -> str:
    """How a sentence calls it: `You no longer get …`."""
    letters = {topic: f"emails about “{label}”" for topic, label in teams.topics()}
    return (CHANNELS | letters).get(topic, "these emails")
