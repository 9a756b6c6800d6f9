"""How the two sides of a customer read each other's people."""

import pytest

from accounts.acting import acting_as
from tenants.two_portals import Place
from tests.onboarding.asking import approve

pytestmark = pytest.mark.django_db


def test_each_side_reads_own_people_by_name_and_an_earlier_msp_as_such(world):
    approve(world)
    people = [world.alice.pk, world.carl.pk, world.bob.pk, None]

    with acting_as(world.alice):
        of_msp = Place(world.contoso, world.aurora, frozenset()).who(people)
    with acting_as(world.carl):
        own = Place(world.contoso, None, frozenset()).who(people)

    assert of_msp == dict(zip(people, ["Alice Example", "Contoso", "An earlier MSP", ""], strict=True))
    assert own == dict(zip(people, ["The MSP", "Carl Example", "The MSP", ""], strict=True))
