"""Things of each kind, for tests that go through all kinds."""

from accounts.acting import as_operator
from services.console import Console, Kind
from services.fields import naming
from services.models import Thing
from tenants.models import Customer, CustomerService
from tests.services.ground import thing
from tests.services.typed import cleaned
from tests.world import World


def have(customer: Customer, console: Console) -> None:
    """The customer has the service, as if it had been added."""
    with as_operator():
        CustomerService.objects.get_or_create(customer=customer, service=console.service)


def made_of(world: World, console: Console, kind: Kind, *, name: str = "First", at: Customer | None = None) -> Thing:
    """One thing, with those that it names."""
    at = at or world.first
    have(at, console)
    ones, _ = naming(kind.form)
    named = {}
    for field, code in ones.items():
        other = console.kind(code)
        assert other, code
        named[field] = made_of(world, console, other, at=at).pk
    settings = cleaned(console.service, kind, named)
    return thing(world, at, console, kind.code, name, **settings)
