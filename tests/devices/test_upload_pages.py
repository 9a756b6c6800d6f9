"""The pages of an upload: the form, each state, corrections, the decision, the report, and the list."""

import csv
import io
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import rate_limits
from accounts.acting import acting_as, as_operator
from devices import uploads
from devices.models import Device, Upload, UploadLine
from rules import settings as rule
from tenants import access
from tenants.models import OrganizationQuerySet
from tests.devices import sending
from tests.devices.sending import AMERICA, MEID, SERIAL, imei, imeis

GOOD, WRONG = imei(1), imei(2)[:-1] + str((int(imei(2)[-1]) + 1) % 10)
HOSTILE = '<img src=x onerror="alert(1)">'
HTMX = {"HX-Request": "true"}


@pytest.fixture
def alice(client, world):
    client.force_login(world.alice)
    return client


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


def setting(world, name, value):
    with as_operator():
        rule.change(name, to=value, reason="A test", by=world.sam)


def report(response):
    return list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))


# The form


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


def test_a_viewer_sees_uploads_and_changes_nothing(client, world):
    upload = sending.checked(world.alice, [GOOD], customer=world.first)
    client.force_login(world.vera)

    seen = page(client, world, upload)
    tried = [client.post(url(name, world, upload.pk)).status_code for name in ("upload-apply", "upload-cancel")]

    assert "your role does not let you add devices" in text(seen)
    assert (tried, client.get(url("upload-new", world)).status_code) == ([403, 403], 403)
    assert sending.again(upload).state == "checked"


# The page, by state


def test_a_new_upload_waits_and_asks_for_itself(alice, world):
    upload = sending.sent(world.alice, [GOOD], customer=world.first)

    shown = page(alice, world, upload)

    assert 'hx-trigger="every 1s"' in shown.content.decode()
    assert "0% The check begins in a moment" in text(shown)
    assert "You can leave this page; we email you. Nothing is added before you say so." in text(shown)


def _at(upload, **columns):
    """The upload in the middle of a worker's step."""
    with as_operator():
        Upload.objects.filter(pk=upload.pk).update(**columns)
    return sending.again(upload)


def test_progress_tells_how_far_the_check_is(alice, world):
    upload = sending.sent(world.alice, imeis(100), customer=world.first)
    _at(upload, state="checking", bytes_read=1000, lines=62, errors=2)

    shown = alice.get(url("upload", world, upload.pk), {"from": "waiting", "said": "60"}, headers=HTMX)

    assert text(shown).startswith("62% 62 of about 99 lines checked")
    assert "60 good so far" in text(shown)
    assert "2 with a problem so far" in text(shown)
    assert "<main" not in shown.content.decode()
    assert "hx-swap-oob" not in shown.content.decode()  # a screen reader heard 60% already


def test_a_screen_reader_hears_each_tenth(alice, world):
    upload = sending.sent(world.alice, imeis(100), customer=world.first)
    _at(upload, state="checking", bytes_read=1000, lines=62)

    shown = alice.get(url("upload", world, upload.pk), {"from": "checking", "said": "50"}, headers=HTMX)

    assert 'hx-swap-oob="innerHTML:#upload-said">60%: 62 of about 99' in shown.content.decode()


def test_progress_is_never_full_before_the_end(alice, world):
    upload = sending.checked(world.alice, imeis(3), customer=world.first)
    _at(upload, state="adding", added=3)

    shown = page(alice, world, upload)

    assert "99% 3 of 3 devices added" in text(shown)
    assert "If you cancel now, devices that are added already stay." in text(shown)


def test_when_the_step_ends_the_answer_is_the_whole_body(alice, world):
    upload = sending.checked(world.alice, [GOOD], customer=world.first)

    shown = alice.get(url("upload", world, upload.pk), {"from": "checking", "said": "90"}, headers=HTMX)

    assert (shown["HX-Retarget"], shown["HX-Reswap"]) == ("#upload-body", "outerHTML")
    assert "<title>Check result · devices.csv</title>" in shown.content.decode()
    assert "autofocus>Check result</h1>" in shown.content.decode()


def test_the_check_shows_counts_that_add_up_and_each_problem(alice, world):
    lines = [*imeis(8, first=10), WRONG, imei(3, AMERICA), imei(10), "3.5E+14"]
    upload = sending.checked(world.alice, lines, customer=world.first)

    shown = text(page(alice, world, upload))

    assert "12 lines read, nothing added yet" in shown
    assert "8 can be added + 4 have a problem = 12 lines in the file" in shown
    assert "1 IMEI with a wrong digit One digit of this IMEI is wrong" in shown
    assert shown.count("DEVICE_IMEI_INVALID") == 2
    assert "1 Device of another region DEVICE_INVALID Not possible" in shown
    assert "1 Twice in this file DEVICE_DUPLICATE Leave out" in shown
    assert "Add 8 devices" in shown
    assert "4 lines need a correction first." in shown


def test_a_file_without_problems_can_be_added_as_a_whole(alice, world):
    upload = sending.checked(world.alice, imeis(3), customer=world.first)

    shown = page(alice, world, upload)

    assert "Every line is good" in text(shown)
    assert 'value="all">Nothing unless all are good</button>' in " ".join(shown.content.decode().split())


def test_a_file_of_problems_cannot_be_added(alice, world):
    upload = sending.checked(world.alice, [WRONG], customer=world.first)

    assert "No line can be added. Correct at least one." in text(page(alice, world, upload))


def test_good_lines_are_added_on_a_click(alice, world):
    upload = sending.checked(world.alice, [GOOD, WRONG], customer=world.first)

    answer = alice.post(url("upload-apply", world, upload.pk), {"how": "good"})
    during = sending.again(upload)
    uploads.add(upload.pk)

    assert (answer.url, during.state, during.all_or_nothing) == (url("upload", world, upload.pk), "adding", False)
    shown = text(page(alice, world, upload))
    assert "1 of 2 lines added. 1 needs a correction." in shown
    assert "1 added + 1 not added = 2 lines in the file" in shown


def test_all_or_nothing_is_what_the_other_button_asks_for(alice, world):
    upload = sending.checked(world.alice, [GOOD], customer=world.first)

    alice.post(url("upload-apply", world, upload.pk), {"how": "all"})

    assert sending.again(upload).all_or_nothing


def test_all_or_nothing_says_why_nothing_was_added(alice, world):
    upload = sending.checked(world.alice, imeis(3), customer=world.first)
    sending.added(world.alice, imeis(1), customer=world.second)
    alice.post(url("upload-apply", world, upload.pk), {"how": "all"})
    uploads.add(upload.pk)

    shown = text(page(alice, world, upload))

    assert "Other uploads were faster with some of these devices, so we added nothing." in shown
    assert "2 can be added + 1 has a problem = 3 lines in the file" in shown


def test_an_upload_is_decided_once(alice, world):
    upload = sending.checked(world.alice, [GOOD], customer=world.first)
    alice.post(url("upload-apply", world, upload.pk))

    answer = alice.post(url("upload-apply", world, upload.pk), follow=True)

    assert f"Upload {upload.pk} has moved on" in text(answer)


def test_a_cancelled_upload_says_that_nothing_was_added(alice, world):
    upload = sending.checked(world.alice, [GOOD], customer=world.first)

    answer = alice.post(url("upload-cancel", world, upload.pk), follow=True)

    assert "This upload was cancelled. Nothing was added." in text(answer)
    assert sending.again(upload).state == "cancelled"


def test_a_file_that_is_refused_as_a_whole_says_why(alice, world):
    upload = sending.checked(world.alice, [*imeis(400), "\x00"], customer=world.first)

    shown = text(page(alice, world, upload))

    assert "We could not add this file" in shown
    assert "devices.csv is not a CSV file, or hidden characters damaged line 401." in shown
    assert "Nothing was added." in shown


def test_a_clean_result_says_that_there_is_nothing_to_correct(alice, world):
    upload = sending.added(world.alice, imeis(2), customer=world.first)

    shown = page(alice, world, upload)

    assert "2 of 2 lines added." in text(shown)
    assert "We added every line. There is nothing to correct." in text(shown)


def test_what_stands_in_a_file_is_never_markup(alice, world):
    upload = sending.checked(world.alice, [HOSTILE], customer=world.first, name=f"{HOSTILE}.csv")

    shown = page(alice, world, upload).content.decode()

    assert "<img" not in shown
    assert "&lt;img src=x onerror=" in shown


# Lines and their correction


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
    assert (sending.again(upload).errors, _line(upload, 2).identifier) == (1, imei(5))


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

    line = _line(upload, 1)
    assert (line.problem, line.identifier, line.order_number, f"{line.order_date}") == ("", MEID, "B2", "2026-11-24")


def test_a_line_that_is_good_already_is_left_alone(alice, world):
    upload = sending.checked(world.alice, [imei(2), "bad"], customer=world.first)
    alice.post(url("upload-fix", world, upload.pk), {"line": "2", "typed": GOOD}, headers=HTMX)

    answer = alice.post(url("upload-fix", world, upload.pk), {"line": "2", "typed": imei(5)}, headers=HTMX)

    assert (answer.status_code, _line(upload, 2).identifier) == (200, GOOD)


@pytest.mark.parametrize(
    ("line", "status"),
    [("", 302), ("0", 302), ("-1", 302), ("x", 302), ("9" * 20, 302), ("2", 404), ("2147483647", 404)],
)
def test_a_line_that_is_not_there_is_not_corrected(alice, world, line, status):
    upload = sending.checked(world.alice, [WRONG], customer=world.first)

    answer = alice.post(url("upload-fix", world, upload.pk), {"line": line, "typed": GOOD})

    assert (answer.status_code, _line(upload, 1).problem) == (status, "imei_digit")


def test_a_correction_after_the_decision_leads_back_to_the_upload(alice, world):
    upload = sending.added(world.alice, [GOOD, WRONG], customer=world.first)

    answer = alice.post(url("upload-fix", world, upload.pk), {"line": "2", "typed": imei(5)}, headers=HTMX)

    assert answer["HX-Redirect"] == url("upload", world, upload.pk)
    assert "has moved on" in text(page(alice, world, upload))


def _line(upload, number):
    with as_operator():
        return UploadLine.objects.get(upload=upload, number=number)


# The report


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


# The list


def _rows(response):
    return re.findall(r'class="who"[^>]*>\s*<bdi>([^<]*)', response.content.decode())


@pytest.fixture
def some(world):
    """Three uploads of the first customer: added, added in part, cancelled; and one of the second."""
    done = sending.added(world.alice, imeis(2), customer=world.first, name="a-clean.csv")
    partly = sending.added(world.alice, [imei(7), WRONG], customer=world.first, name="b-partly.csv")
    gone = sending.checked(world.alice, [WRONG], customer=world.first, name="c-gone.csv")
    with acting_as(world.alice):
        uploads.cancel(gone, by=world.alice)
    sending.checked(world.alice, [imei(8)], customer=world.second, name="d-second.csv")
    return done, partly, gone


def test_the_list_has_the_uploads_of_this_customer_the_newest_first(alice, world, some):
    shown = alice.get(url("upload-list", world))

    assert _rows(shown) == ["c-gone.csv", "b-partly.csv", "a-clean.csv"]
    assert "Completed with errors" in text(shown)


def test_the_list_is_searched_by_id_and_by_the_start_of_a_name(alice, world, some):
    by_id = alice.get(url("upload-list", world), {"q": str(some[0].pk)})
    by_name = alice.get(url("upload-list", world), {"q": "B-PART"})
    nothing = alice.get(url("upload-list", world), {"q": "d-second"})

    assert (_rows(by_id), _rows(by_name), _rows(nothing)) == (["a-clean.csv"], ["b-partly.csv"], [])
    assert "Nothing matches “d-second”" in text(nothing)


@pytest.mark.parametrize(
    ("status", "names"),
    [("completed", ["a-clean.csv"]), ("partly", ["b-partly.csv"]), ("cancelled", ["c-gone.csv"]), ("progress", [])],
)
def test_the_list_is_narrowed_by_status(alice, world, some, status, names):
    assert _rows(alice.get(url("upload-list", world), {"status": status})) == names


def test_the_list_is_sorted_by_its_heads(alice, world, some):
    assert _rows(alice.get(url("upload-list", world), {"sort": "name"})) == [
        "a-clean.csv",
        "b-partly.csv",
        "c-gone.csv",
    ]
    assert _rows(alice.get(url("upload-list", world), {"sort": "-name"}))[0] == "c-gone.csv"


def test_the_csv_has_what_the_list_shows(alice, world, some):
    head, *rows = list(csv.reader(io.StringIO(
        alice.get(url("upload-export", world), {"status": "partly"}).content.decode("utf-8-sig")
    )))  # fmt: skip

    assert (head[0], [(row[1], row[3], row[4], row[5], row[7]) for row in rows]) == (
        "Upload ID", [("b-partly.csv", "2", "1", "1", "Completed with errors")],
    )  # fmt: skip


def test_an_empty_list_says_what_belongs_there(alice, world):
    assert "No uploads yet" in text(alice.get(url("upload-list", world)))


# Walls


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

    assert (answer.status_code, _line(other, 3).problem) == (404, "imei_digit")


def test_no_device_comes_in_before_the_click(alice, world):
    post(alice, world, file=file("\n".join(imeis(3))))
    upload = newest()
    uploads.check(upload.pk)

    with as_operator():
        assert not Device.objects.filter(customer=world.first).exists()


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


# Costs


def _queries(client, address):
    client.get(address)  # the first one fills the caches of content types and sessions
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len([query for query in captured if "SAVEPOINT" not in query["sql"]])


def test_the_result_of_a_check_costs_at_most_ten_queries(alice, world):
    lines = [*imeis(5), *(imei(number)[:-1] + "x" for number in range(60)), "3.5E+14", imei(3, AMERICA), imei(1)]
    upload = sending.checked(world.alice, lines, customer=world.first)

    assert _queries(alice, url("upload", world, upload.pk)) <= 10


def test_the_list_costs_the_same_for_two_uploads_and_for_a_page_of_them(alice, world):
    sending.checked(world.alice, [imei(1)], customer=world.first)
    few = _queries(alice, url("upload-list", world))
    for number in range(60):
        sending.sent(world.tom, [imei(number + 2)], customer=world.first)

    assert _queries(alice, url("upload-list", world)) == few <= 10
