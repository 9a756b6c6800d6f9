"""Acts go on while the chain is sealed, in whatever order they commit."""

from threading import Event as Signal

import pytest
from django.db import transaction

from accounts import samsung_admins
from accounts.acting import as_operator
from accounts.models import User
from audit import chain, events
from audit.models import Event, Seal, Side, Unsealed
from tests.races.committed import at_once

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def sam(committed: None) -> User:
    return samsung_admins.appoint("sam@samsung.example", first_name="Sam", last_name="Park")


def tell(sam: User, region: str) -> None:
    events.record("model.added", sam, by=sam, side=Side.SAMSUNG, region=region)


def sealed() -> list[int]:
    with as_operator():
        return [one for link in Seal.objects.order_by("number") for one in link.events]


def test_an_act_that_is_still_going_on_neither_waits_for_a_seal_nor_holds_it_up(sam: User) -> None:
    began, is_sealed = Signal(), Signal()

    def long_act() -> None:
        with transaction.atomic():
            tell(sam, "long")
            began.set()
            assert is_sealed.wait(30)
            tell(sam, "long again")

    def meanwhile() -> list[int]:
        assert began.wait(30)
        tell(sam, "short")
        chain.seal()
        first = sealed()
        is_sealed.set()
        return first

    _, first = at_once(long_act, meanwhile)
    chain.seal()

    with as_operator():
        long, short, again = Event.objects.filter(verb="model.added").order_by("pk").values_list("pk", flat=True)
    assert (short in first, long in first) == (True, False)
    assert sealed()[-2:] == [long, again]
    assert chain.problems() == []


def test_sealers_that_come_at_once_seal_each_event_once(sam: User) -> None:
    for number in range(30):
        tell(sam, str(number))

    at_once(*[chain.seal] * 4, *[lambda: tell(sam, "meanwhile")] * 8)
    chain.seal()

    with as_operator():
        everything = list(Event.objects.order_by("pk").values_list("pk", flat=True))
        assert not Unsealed.objects.exists()
    assert sorted(sealed()) == everything
    assert chain.problems() == []


def test_what_was_rolled_back_is_not_sealed(sam: User) -> None:
    with transaction.atomic():
        tell(sam, "never")
        transaction.set_rollback(True)
    tell(sam, "ever")
    chain.seal()

    assert chain.problems() == []
