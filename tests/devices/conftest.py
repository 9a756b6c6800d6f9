"""Who looks at pages of devices, and what is there."""

import pytest
from post_office.models import Email

from accounts.acting import acting_as, as_reseller
from devices import resellers
from devices.models import ResellerCustomer
from tests.devices import sending
from tests.devices.sending import AMERICA, imei
from tests.devices.uploading import sells_to
from tests.world import World


@pytest.fixture
def alice(client, world):
    client.force_login(world.alice)
    return client


@pytest.fixture
def read_mail(world):
    """The cast has read its mail: no letter of the making of the world is left."""
    Email.objects.all().delete()


@pytest.fixture
def rita(world, client):
    client.force_login(world.rita)
    return client


@pytest.fixture
def added(world):
    with acting_as(world.rita), as_reseller():
        return resellers.add_customer(
            world.reseller, world.first.kcs_id, internal_reference="Berlin stores", by=world.rita
        )


@pytest.fixture
def relation(world: World) -> ResellerCustomer:
    """Rita's company uploads for Aurora's first customer."""
    return sells_to(world, world.first)


@pytest.fixture
def two(world, client):
    """Two devices of Fjordline, one of Lumen, one of another MSP's customer, one of Contoso; Alice looks."""
    sending.added(world.alice, [imei(1), imei(2)], customer=world.first, tags=["drivers"])
    sending.added(world.alice, [imei(3)], customer=world.second)
    sending.added(world.bob, [imei(4, AMERICA)], customer=world.foreign)
    sending.added(world.carl, [imei(5)], customer=world.contoso)
    client.force_login(world.alice)
    return world
