"""The sorts of emails about alerts that a person can stop: a channel as a whole, or one kind of alert on it.

What is stopped lies in accounts/mail_choices.py, with the topics of the letters to the team (tenants/teams.py).
"""

from tenants import teams

DIGEST, CRITICAL, QUEUE = "digest", "critical", "queue"
CHANNELS = {
    DIGEST: "the email a day with new alerts",
    CRITICAL: "emails at once about critical alerts",
    QUEUE: "the email a day with what waits for Samsung",
}

KINDS: list[tuple[str, str]] = []
MAY_BE_CRITICAL: list[tuple[str, str]] = []


def of(channel: str, kind: str) -> str:
    """The topic of one kind of alert on a channel."""
    return f"{channel}:{kind}"


def name(topic: str) -> str:
    """How a sentence calls it: `You no longer get …`."""
    letters = {topic: f"emails about: {label}" for topic, label in teams.topics()}
    return (CHANNELS | letters).get(topic, "these emails")
