"""Which emails a person wants."""

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts import mail_choices
from accounts.models import User
from alerts import mail_topics
from alerts.mail_topics import CRITICAL, DIGEST
from alerts.sources import FOR_CUSTOMERS
from tenants import teams
from tenants.fields import OneOf, SomeOf, Tick
from tenants.models import Membership

_UNKNOWN = "Choose from the list."
_HOURS = [(str(hour), f"{hour:02}:00") for hour in range(24)]
_CHANNELS = {DIGEST: "daily", CRITICAL: "at_once"}
"""The field with the kinds of each channel."""


class EmailSettingsForm(forms.Form):
    """Boxes for what one can get; what is not ticked is not sent."""

    digest = Tick("Send me the daily email", required=False)
    hour = OneOf("Time of day", _HOURS, hint="In your time zone.")
    daily = SomeOf("Alerts in the daily email", mail_topics.KINDS, message=_UNKNOWN, required=False)
    critical = Tick("Send me critical alerts at once", required=False)
    at_once = SomeOf("Alerts that come at once when they are critical", mail_topics.AT_ONCE, message=_UNKNOWN,
                     hint="What ends soon has emails of its own, below.", required=False)  # fmt: skip
    letters = SomeOf("Emails to the team", teams.topics(), message=_UNKNOWN, required=False)
    queue = Tick("Send me the daily email about the queue", required=False)

    def __init__(self, data: Any = None, *, user: User, memberships: Iterable[Membership]) -> None:
        super().__init__(data, initial=_ticked(mail_choices.unwanted(user)) | {"hour": str(user.digest_hour)})
        self.user = user
        self._offer(list(memberships))
        if not user.is_samsung_admin:
            del self.fields["queue"]

    def _offer(self, memberships: list[Membership]) -> None:
        """Leave out what nobody sends to this person; the people of a customer do not read what is for its MSP."""
        is_of_msp = any(membership.msp_id for membership in memberships)
        if not is_of_msp and not any(membership.customer for membership in memberships):
            for name in ("digest", "daily", "critical", "at_once", "letters"):
                del self.fields[name]
            return
        for name in ("daily", "at_once", "letters"):
            field: Any = self.fields[name]
            field.sometimes_needed = True  # without "(optional)": boxes say it themselves
            if not is_of_msp and name != "letters":
                field.choices = [(kind, label) for kind, label in field.choices if kind in FOR_CUSTOMERS]

    @property
    def is_empty(self) -> bool:
        """This person gets nothing that could be turned off."""
        return self.fields.keys() == {"hour"}

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
