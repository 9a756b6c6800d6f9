import pytest


@pytest.fixture
def alice(client, world):
    client.force_login(world.alice)
    return client
