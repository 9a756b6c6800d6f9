import pytest

from tests.onboarding.conftest import world

__all__ = ["world"]


@pytest.fixture
def alice(world, client):
    client.force_login(world.alice)
    return client
