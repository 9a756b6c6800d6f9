"""What tests of the daily email stand on."""

import pytest
import time_machine
from post_office.models import Email

from tests.alerts.daily import NOON


@pytest.fixture
def noon(world):
    """Noon in UTC, where the cast lives: everybody's hour has come. No letter of the making of the world is left."""
    with time_machine.travel(NOON, tick=False):
        Email.objects.all().delete()
        yield
