"""How much of what anybody sends is kept before anybody is asked who it is."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.test import Client
from django.urls import reverse

from devices.pages.upload_handlers import SMALL
from tests.architecture.test_census import ALL

MILLION = 1_000_000
TAKE_FILES = {
    "upload-new", "reseller-upload-new", "reseller-upload-bulk", "reseller-devices-delete-list", "model-import",
    "ticket-new", "ticket-reply", "samsung-ticket-answer",
}  # fmt: skip
SMALL_FILES = {"administrator_invite.html"}
"""Its lines have a limit far below what every page takes."""


@pytest.fixture
def kept(monkeypatch) -> list[int]:
    """Bytes that a handler puts into memory or on the disk."""
    sizes = []
    for handler in (MemoryFileUploadHandler, TemporaryFileUploadHandler):
        monkeypatch.setattr(handler, "receive_data_chunk", counting(handler.receive_data_chunk, sizes))
    return sizes


def counting(keep, sizes):
    def receive_data_chunk(self, raw_data, start):
        left = keep(self, raw_data, start)
        if left is None:
            sizes.append(len(raw_data))
        return left

    return receive_data_chunk


def file(size: int, name: str = "a.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"x" * size)


@pytest.mark.parametrize("sizes", [[20 * MILLION], [1_500_000] * 4, [300_000] * 30])
def test_who_is_not_signed_in_fills_no_disk(world, kept, sizes):
    client = Client(enforce_csrf_checks=True)
    client.get(reverse("apply", args=["msp"]))  # anybody can have a cookie and a token
    sent = {f"file{number}": file(size) for number, size in enumerate(sizes)}
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}

    answer = client.post(reverse("apply", args=["msp"]), sent | token)

    assert answer.status_code == 422
    assert sum(kept) <= SMALL


def test_a_page_for_files_takes_none_of_who_is_not_signed_in(world, client, kept):
    answer = client.post(reverse("upload-new", args=[world.first.kcs_id]), {"file": file(5 * MILLION)})

    assert answer.status_code == 302
    assert sum(kept) <= SMALL


def test_a_page_without_a_file_keeps_little_of_who_is_signed_in(world, client, kept):
    client.force_login(world.alice)

    answer = client.post(reverse("email-settings"), {"digest": "", "file": file(5 * MILLION)})

    assert answer.status_code in (302, 422)
    assert sum(kept) <= SMALL


def test_a_page_for_files_keeps_what_is_within_the_rule(world, client, kept):
    client.force_login(world.alice)

    client.post(reverse("upload-new", args=[world.first.kcs_id]), {"file": file(5 * MILLION)})

    assert sum(kept) == 5 * MILLION


def test_an_invitation_file_beyond_what_any_page_takes_reads_why(world, client):
    client.force_login(world.alice)

    answer = client.post(reverse("administrator-invite"), {"file": file(3 * MILLION), "role": "", "scope": "all"})

    assert answer.status_code == 422
    assert "a.csv is too big. A file can have up to 200 lines." in answer.text


def test_each_page_with_a_large_file_is_marked():
    marked = {one.name for one in ALL if hasattr(one.callback, "takes_files")}

    assert marked == TAKE_FILES


def test_each_form_for_files_belongs_to_one_of_these_pages():
    forms = [path for path in Path(settings.BASE_DIR, "templates").rglob("*.html") if "multipart" in path.read_text()]

    assert {path.name for path in forms} - SMALL_FILES == {
        "_reply.html", "ticket_new.html", "catalog_import.html", "reseller_delete_list.html", "_upload_form.html",
    }  # fmt: skip
