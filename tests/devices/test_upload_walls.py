"""Who reaches the pages of an upload, and through which address."""

import pytest

from tenants import access
from tenants.models import OrganizationQuerySet
from tests.devices import sending
from tests.devices.sending import imei
from tests.devices.upload_pages import GOOD, WRONG, line_of, page, text, url


def test_a_viewer_sees_uploads_and_changes_nothing(client, world):
    upload = sending.checked(world.alice, [GOOD], customer=world.first)
    client.force_login(world.vera)

    seen = page(client, world, upload)
    tried = [client.post(url(name, world, upload.pk)).status_code for name in ("upload-apply", "upload-cancel")]

    assert "your role does not let you add devices" in text(seen)
    assert (tried, client.get(url("upload-new", world)).status_code) == ([403, 403], 403)
    assert sending.again(upload).state == "checked"


OF_AN_UPLOAD = ["upload", "upload-lines", "upload-report", "upload-fix", "upload-apply", "upload-cancel"]


@pytest.mark.parametrize("name", OF_AN_UPLOAD)
def test_an_upload_is_reached_through_its_own_customer_only(alice, world, name):
    """Also where the person sees both customers."""
    upload = sending.checked(world.alice, [WRONG], customer=world.second)
    ask = alice.get if name in OF_AN_UPLOAD[:3] else alice.post

    answer = ask(url(name, world, upload.pk), {"problem": "imei_digit", "line": "1", "typed": GOOD})

    assert (answer.status_code, sending.again(upload).state) == (404, "checked")


@pytest.mark.parametrize("pk", [0, 2**31, 2**63, 10**30])
def test_an_upload_that_is_not_there_is_not_there(alice, world, pk):
    assert alice.get(url("upload", world, pk)).status_code == 404


def test_a_line_of_another_upload_is_not_corrected(alice, world):
    """The line's number in the body counts within the upload of the address."""
    mine = sending.checked(world.alice, [GOOD, WRONG], customer=world.first)
    other = sending.checked(world.alice, [GOOD, GOOD, WRONG], customer=world.second)

    answer = alice.post(url("upload-fix", world, mine.pk), {"line": "3", "typed": imei(5), "upload": other.pk})

    assert (answer.status_code, line_of(other, 3).problem) == (404, "imei_digit")


@pytest.mark.parametrize("name", OF_AN_UPLOAD)
def test_with_the_door_off_the_database_still_lets_nobody_in(client, world, monkeypatch, name):
    """The door's filter and its question about rights are taken away: only PostgreSQL's policies are left."""
    upload = sending.checked(world.alice, [WRONG], customer=world.second)
    monkeypatch.setattr(OrganizationQuerySet, "granted", lambda rows, user, right: rows)
    monkeypatch.setattr(access, "rights", lambda user, organization: {"view_msp", access.VIEW, access.MANAGE})
    address = url(name, world, upload.pk, customer=world.second)

    for stranger in (world.tom, world.bob, world.carl, world.rita):
        client.force_login(stranger)
        ask = client.get if name in OF_AN_UPLOAD[:3] else client.post
        assert ask(address, {"problem": "imei_digit", "line": "1", "typed": GOOD}).status_code == 404

    assert sending.again(upload).state == "checked"
