"""The form of an upload: what it takes, and what it says of the rest."""

import pytest

from accounts import rate_limits
from accounts.acting import as_operator
from devices import uploads
from devices.models import Device
from rules import settings as rule
from tests.devices import sending
from tests.devices.sending import SERIAL, imeis
from tests.devices.upload_pages import GOOD, file, newest, post, text, url


def setting(world, name, value):
    with as_operator():
        rule.change(name, to=value, reason="A test", by=world.sam)


def test_a_file_is_received_with_what_counts_for_all_its_lines(alice, world):
    answer = post(
        alice, world, file=file(f"{GOOD}\n"), order_number="A1", order_date="2026-11-24", tags="Berlin, store, Berlin",
        model="sm-s921b",
    )  # fmt: skip

    upload = newest()
    assert answer.url == url("upload", world, upload.pk)
    assert (upload.customer_id, upload.uploaded_by_id) == (world.first.pk, world.alice.pk)
    assert (upload.file_name, upload.size, upload.order_number) == ("devices.csv", 16, "A1")
    assert (upload.default_model, f"{upload.order_date}", upload.tags) == (
        "SM-S921B", "2026-11-24", ["Berlin", "store"],
    )  # fmt: skip


def test_pasted_lines_are_received_as_a_file(alice, world):
    post(alice, world, lines=f"{GOOD}\r\n{SERIAL};SM-S921B")

    upload = newest()
    uploads.check(upload.pk)
    assert (sending.again(upload).lines, upload.file_name) == (2, "pasted-lines.csv")


def test_nothing_chosen_and_both_chosen_are_refused(alice, world):
    nothing = post(alice, world)
    both = post(alice, world, file=file(GOOD), lines=GOOD)

    assert (nothing.status_code, both.status_code) == (422, 422)
    assert "Choose a CSV file, or paste IMEIs into the box." in text(nothing)
    assert "You chose a file and pasted lines." in text(both)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"order_number": "A-1"}, "An order number has letters and digits only."),
        ({"order_date": "24.11.2026"}, "An order date looks like 2026-11-24."),
        ({"order_date": "0026-11-24"}, "An order date looks like 2026-11-24."),
        ({"tags": ",".join(f"tag {n}" for n in range(21))}, "A device can have 20 tags; this one has 21."),
        ({"tags": "a" * 41}, "This tag has 41 letters. Use up to 40."),
        ({"model": "SM-X"}, "We do not know the model SM-X."),
        ({"model": "SM-S921U"}, "SM-S921U is a device for North America. Samsung approved your MSP for Europe."),
    ],
)
def test_a_field_says_what_is_wrong_and_the_rest_stays(alice, world, data, sentence):
    answer = post(alice, world, lines=f"{GOOD}\n{SERIAL}", **data)

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert SERIAL in answer.content.decode()


def test_a_file_over_the_limit_is_refused_politely_and_the_rest_stays(alice, world):
    setting(world, "upload_megabytes", 1)

    answer = post(alice, world, file=file(b"x" * 1_200_000), order_number="A1")

    assert answer.status_code == 413
    assert "devices.csv has 1.2 MB. A file can have up to 1 MB. Split it and send the parts." in text(answer)
    assert 'value="A1"' in answer.content.decode()


def test_an_empty_file_is_refused(alice, world):
    answer = post(alice, world, file=file(b""))

    assert (answer.status_code, "devices.csv has no devices in it." in text(answer)) == (422, True)


def test_a_picture_is_refused_at_the_field(alice, world):
    answer = post(alice, world, file=file(b"\x89PNG\r\n", name="devices.csv"), order_number="A1")

    assert (answer.status_code, "devices.csv is not a CSV file." in text(answer)) == (422, True)
    assert 'value="A1"' in answer.content.decode()


def test_a_long_and_hidden_name_is_cut_and_cleaned(alice, world):
    post(alice, world, file=file(GOOD, name="a\u202e" + "b" * 230 + ".csv"))

    name = newest().file_name
    assert (len(name), name[:2], name[-4:]) == (200, "ab", ".csv")


def test_the_same_file_again_leads_to_the_upload_that_has_it(alice, world):
    first = sending.sent(world.alice, [GOOD], customer=world.first)

    answer = post(alice, world, file=file(f"{GOOD}\n"))

    assert answer.status_code == 409
    assert f"as upload {first.pk}. We added nothing twice." in text(answer)
    assert f'href="{url("upload", world, first.pk)}"' in answer.content.decode()


def test_uploads_are_counted_in_an_hour(alice, world, monkeypatch):
    monkeypatch.setitem(rate_limits.LIMITS, "upload", rate_limits.Limit(1, 3600, "uploads", "an hour"))
    post(alice, world)

    answer = post(alice, world)

    assert (answer.status_code, "We allow 1 uploads in an hour." in text(answer)) == (429, True)


def test_no_device_comes_in_before_the_click(alice, world):
    post(alice, world, file=file("\n".join(imeis(3))))
    upload = newest()
    uploads.check(upload.pk)

    with as_operator():
        assert not Device.objects.filter(customer=world.first).exists()
