"""What tests of an upload's pages do: send it, look at its pages, and read what stands there."""

import re
from html import unescape

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.acting import as_operator
from devices.models import Upload, UploadLine
from tests.devices.sending import imei

GOOD, WRONG = imei(1), imei(2)[:-1] + str((int(imei(2)[-1]) + 1) % 10)
HTMX = {"HX-Request": "true"}


def url(name, world, *more, customer=None):
    return reverse(name, args=[(customer or world.first).kcs_id, *more])


def file(text, name="devices.csv"):
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


def post(client, world, **data):
    return client.post(url("upload-new", world), data)


def page(client, world, upload, **headers):
    return client.get(url("upload", world, upload.pk), headers=headers)


def text(response):
    """What stands on the page, without marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def newest():
    with as_operator():
        return Upload.objects.latest("pk")


def line_of(upload, number):
    with as_operator():
        return UploadLine.objects.get(upload=upload, number=number)


def queries(client, address):
    client.get(address)  # the first one fills the caches of content types and sessions
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len([query for query in captured if "SAVEPOINT" not in query["sql"]])
