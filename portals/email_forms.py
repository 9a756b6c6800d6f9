"""Which emails a person wants."""

from typing import Any

from django import forms

from accounts import mail_choices
from accounts.models import User
from alerts import mail_topics
from alerts.mail_topics import CRITICAL, DIGEST
from tenants import teams
from tenants.fields import OneOf, SomeOf, Tick

_UNKNOWN = "Choose from the list."
_HOURS = [(str(hour), f"{hour:02}:00") for hour in range(24)]
_CHANNELS = {DIGEST: "daily", CRITICAL: "at_once"}
"""The field with the kinds of each channel."""


class EmailSettingsForm(forms.Form):
    """Boxes for what one can get; what is not ticked is not sent."""

    digest = Tick("Send me the daily email", required=False)
    hour = OneOf("Time of day", _HOURS, hint="In your time zone.")
    daily = SomeOf("In the daily email", mail_topics.KINDS, message=_UNKNOWN, required=False)
    critical = Tick("Send me critical alerts at once", required=False)
    at_once = SomeOf("At once, when critical", mail_topics.AT_ONCE, message=_UNKNOWN, required=False)
    letters = SomeOf("Emails to the team", teams.topics(), message=_UNKNOWN, required=False)
    queue = Tick("Send me the daily email about the queue", required=False)

    def __init__(self, data: Any = None, *, user: User, has_customers: bool) -> None:
        unwanted = mail_choices.unwanted(user)
        super().__init__(data, initial=_ticked(unwanted) | {"hour": str(user.digest_hour)})
        self.user = user
        if not has_customers:
            for name in ("digest", "daily", "critical", "at_once", "letters"):
                del self.fields[name]
        if not user.is_samsung_admin:
            del self.fields["queue"]

    @property
    def is_empty(self) -> bool:
        """This person gets nothing that could be turned off."""
        return self.fields.keys() == {"hour"}

    @property
    def kinds(self) -> list[tuple[str, Any, Any]]:
        """A row a kind of alert: its name, its box of the daily email, its box of the emails at once, if any."""
        urgent = {box.data["value"]: box for box in self["at_once"]}
        return [(box.choice_label, box, urgent.get(box.data["value"])) for box in self["daily"]]

    def save(self) -> None:
        offered = {topic for name, field in self.fields.items() for topic in _topics(name, _values(field))}
        wanted = {topic for name in self.fields for topic in _topics(name, self.cleaned_data[name])}
        hour = int(self.cleaned_data["hour"])
        mail_choices.save(self.user, digest_hour=hour, topics=offered, wanted=wanted)


def _topics(name: str, chosen: Any) -> list[str]:
    """The topics for which this field stands when it has this value."""
    if name in _CHANNELS.values():
        channel = next(channel for channel, field in _CHANNELS.items() if field == name)
        return [mail_topics.of(channel, kind) for kind in chosen]
    if name == "letters":
        return list(chosen)
    return [name] if name in mail_topics.CHANNELS and chosen else []


def _values(field: Any) -> Any:
    """Everything that can be chosen."""
    if not isinstance(field, forms.ChoiceField):
        return True
    choices: Any = field.choices
    return [value for value, _ in choices]


def _ticked(unwanted: set[str]) -> dict[str, Any]:
    """What the form shows to somebody who does not want these."""
    ticked: dict[str, Any] = {}
    for name, field in EmailSettingsForm.base_fields.items():
        values = _values(field)
        if values is True:
            ticked[name] = name not in unwanted
        else:
            ticked[name] = [value for value in values if not unwanted.intersection(_topics(name, [value]))]
    return ticked
