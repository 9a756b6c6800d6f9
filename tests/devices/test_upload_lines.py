"""Lines with a problem: their pages, their correction, and the report of them."""

import csv
import io

import pytest

from tests.devices import sending
from tests.devices.sending import AMERICA, MEID, imei
from tests.devices.upload_pages import GOOD, HTMX, WRONG, line_of, page, text, url


def test_lines_come_in_pages_by_their_number(alice, world):
    upload = sending.checked(world.alice, [f"wrong {number}" for number in range(1, 62)], customer=world.first)

    first = text(alice.get(url("upload-lines", world, upload.pk), {"problem": "id"}))
    second = text(alice.get(url("upload-lines", world, upload.pk), {"problem": "id", "after": "50"}, headers=HTMX))

    assert ("wrong 50 " in first, "wrong 51 " in first, "50 of 61 shown" in first) == (True, False, True)
    assert ("wrong 50 " in second, "wrong 51 " in second, "wrong 61 " in second) == (False, True, True)


@pytest.mark.parametrize("after", ["-1", "x", "²", "9" * 5000, "1.5", ""])
def test_a_wrong_place_is_the_first_page(alice, world, after):
    upload = sending.checked(world.alice, [WRONG], customer=world.first)

    shown = alice.get(url("upload-lines", world, upload.pk), {"problem": "imei_digit", "after": after})

    assert (shown.status_code, WRONG[:-1] in text(shown)) == (200, True)


def test_an_unknown_problem_leads_back_to_the_upload(alice, world):
    upload = sending.checked(world.alice, [WRONG], customer=world.first)

    answer = alice.get(url("upload-lines", world, upload.pk), {"problem": "nothing"})

    assert (answer.status_code, answer.url) == (302, url("upload", world, upload.pk))


def test_a_corrected_line_is_good_and_the_counts_move(alice, world):
    upload = sending.checked(world.alice, [GOOD, WRONG, WRONG], customer=world.first)

    answer = alice.post(url("upload-fix", world, upload.pk), {"line": "2", "typed": imei(5)}, headers=HTMX)

    shown = text(answer)
    assert shown.startswith(f"2 {imei(5)}")
    assert "Good now" in shown
    assert "2 can be added + 1 has a problem = 3 lines in the file" in shown
    assert "Line 2 is good now." in shown
    assert (sending.again(upload).errors, line_of(upload, 2).identifier) == (1, imei(5))


def test_a_correction_that_is_wrong_keeps_what_was_typed(alice, world):
    upload = sending.checked(world.alice, [GOOD, WRONG], customer=world.first)

    answer = alice.post(url("upload-fix", world, upload.pk), {"line": "2", "typed": "35"}, headers=HTMX)

    assert answer.status_code == 200
    assert 'value="35"' in answer.content.decode()
    assert "This IMEI has 2 digits. It needs 15." in text(answer)
    assert sending.again(upload).errors == 1


def test_what_cannot_be_seen_is_refused_in_a_line(alice, world):
    upload = sending.checked(world.alice, [WRONG], customer=world.first)

    answer = alice.post(url("upload-fix", world, upload.pk), {"line": "1", "typed": "3\x00\u202e5"}, headers=HTMX)

    assert "IMEI, MEID or serial number has characters that cannot be seen." in text(answer)


def test_a_correction_works_without_script(alice, world):
    upload = sending.checked(world.alice, [WRONG], customer=world.first)
    fix = url("upload-fix", world, upload.pk)

    wrong = alice.post(fix, {"line": "1", "typed": "35"})
    right = alice.post(fix, {"line": "1", "typed": imei(5)}, follow=True)

    assert (wrong.status_code, "This IMEI has 2 digits." in text(wrong)) == (422, True)
    assert "Line 1 is good now." in text(right)
    assert "There is no line with this problem left." in text(right)


def test_the_model_of_a_line_is_corrected_by_itself(alice, world):
    upload = sending.checked(world.alice, [f"{MEID},,B2,2026-11-24"], customer=world.first)
    shown = alice.get(url("upload-lines", world, upload.pk), {"problem": "model_missing"}).content.decode()
    assert 'aria-label="Model code, line 1"' in shown

    alice.post(url("upload-fix", world, upload.pk), {"line": "1", "model": "SM-S921B"}, headers=HTMX)

    line = line_of(upload, 1)
    assert (line.problem, line.identifier, line.order_number, f"{line.order_date}") == ("", MEID, "B2", "2026-11-24")


def test_a_line_that_is_good_already_is_left_alone(alice, world):
    upload = sending.checked(world.alice, [imei(2), "bad"], customer=world.first)
    alice.post(url("upload-fix", world, upload.pk), {"line": "2", "typed": GOOD}, headers=HTMX)

    answer = alice.post(url("upload-fix", world, upload.pk), {"line": "2", "typed": imei(5)}, headers=HTMX)

    assert (answer.status_code, line_of(upload, 2).identifier) == (200, GOOD)


@pytest.mark.parametrize(
    ("line", "status"),
    [("", 302), ("0", 302), ("-1", 302), ("x", 302), ("9" * 20, 302), ("2", 404), ("2147483647", 404)],
)
def test_a_line_that_is_not_there_is_not_corrected(alice, world, line, status):
    upload = sending.checked(world.alice, [WRONG], customer=world.first)

    answer = alice.post(url("upload-fix", world, upload.pk), {"line": line, "typed": GOOD})

    assert (answer.status_code, line_of(upload, 1).problem) == (status, "imei_digit")


def test_a_correction_after_the_decision_leads_back_to_the_upload(alice, world):
    upload = sending.added(world.alice, [GOOD, WRONG], customer=world.first)

    answer = alice.post(url("upload-fix", world, upload.pk), {"line": "2", "typed": imei(5)}, headers=HTMX)

    assert answer["HX-Redirect"] == url("upload", world, upload.pk)
    assert "has moved on" in text(page(alice, world, upload))


def report(response):
    return list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))


def test_the_report_names_each_bad_line_and_its_reason(alice, world):
    upload = sending.checked(world.alice, [GOOD, WRONG, "=1+1", imei(9, AMERICA)], customer=world.first)

    head, *rows = report(alice.get(url("upload-report", world, upload.pk)))

    assert head[-2:] == ["Error", "Reason"]
    assert [(row[0], row[2], row[-2]) for row in rows] == [
        ("2", WRONG, "DEVICE_IMEI_INVALID"),
        ("3", "'=1+1", "RESOURCE_INVALID_PARAM"),
        ("4", imei(9, AMERICA), "DEVICE_INVALID"),
    ]


def test_the_report_can_have_one_problem_only(alice, world):
    upload = sending.checked(world.alice, [WRONG, "x y z"], customer=world.first)

    _, *rows = report(alice.get(url("upload-report", world, upload.pk), {"problem": "imei_digit"}))

    assert [row[0] for row in rows] == ["1"]
