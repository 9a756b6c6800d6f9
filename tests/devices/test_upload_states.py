"""The page of an upload, state by state: progress, check, decision, result."""

from accounts.acting import as_operator
from devices import uploads
from devices.models import Upload
from tests.devices import sending
from tests.devices.sending import AMERICA, imei, imeis
from tests.devices.upload_pages import GOOD, HTMX, WRONG, page, queries, text, url

HOSTILE = '<img src=x onerror="alert(1)">'


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


def test_the_whole_of_one_line_is_not_called_all_one(alice, world):
    one, three = (
        text(page(alice, world, sending.checked(world.alice, lines, customer=world.first)))
        for lines in (imeis(1), imeis(3, first=10))
    )

    assert ("All 1 or none" in one, "If the device cannot be added, nothing is." in one) == (False, True)
    assert "All 3 or none: if one cannot be added, none is." in three


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


def test_the_result_of_a_check_costs_at_most_ten_queries(alice, world):
    lines = [*imeis(5), *(imei(number)[:-1] + "x" for number in range(60)), "3.5E+14", imei(3, AMERICA), imei(1)]
    upload = sending.checked(world.alice, lines, customer=world.first)

    assert queries(alice, url("upload", world, upload.pk)) <= 10
