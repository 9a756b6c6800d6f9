"""A form on its page, what the page says beside its fields, and who fills in the forms of several apps."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from re import DOTALL, findall
from typing import Any

from django import forms
from django.test import Client

from tests.world import World

PIA = {"first_name": "Pia", "last_name": "Vogel", "email": "pia@polaris.example", "company": "Polaris"}


@dataclass(frozen=True)
class Page:
    """A form on its page. `hidden` is shown only sometimes; `needed` is what the form says of a missing field."""

    name: str
    form: type[forms.BaseForm]
    url: Callable[[World], str]
    typed: dict[str, Any]
    person: str | None = None
    hidden: set[str] = field(default_factory=set)
    needed: dict[str, str] = field(default_factory=dict)
    fresh: dict[str, Callable[[World], Any]] = field(default_factory=dict)
    shows: Callable[[str], str] = field(default=lambda url: url)
    done: int = 302
    also: set[str] = field(default_factory=set)
    """Fields that the page adds to the form and that are required."""
    optional: bool = False
    """Nothing is required, so that an empty sending is taken."""

    def __str__(self) -> str:
        return self.name

    def enter(self, world: World, client: Client) -> str:
        """Sign the right person in, and the address to post to."""
        if self.person:
            client.force_login(getattr(world, self.person))
        return self.url(world)

    def valid(self, world: World) -> dict[str, Any]:
        return self.typed | {name: value(world) for name, value in self.fresh.items()}


def fields(at: Page) -> dict[str, forms.Field]:
    return {name: field for name, field in at.form.base_fields.items() if name not in at.hidden}


def errors(page: str) -> dict[str, list[str]]:
    """The sentences beside the fields of a page, by the name of the field."""
    found = findall(r'<p class="err" id="id_(\w+)_error">(.*?)</p>', page, DOTALL)
    return {name: [unescape(one) for one in findall(r"<span>(.*?)</span>", text, DOTALL)] for name, text in found}
