import pytest
from post_office.models import Email

from tests.world import World


@pytest.fixture
def world(world: World) -> World:
    """The cast, after it has read its mail."""
    Email.objects.all().delete()
    return world
