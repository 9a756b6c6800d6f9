"""The catalog of models, as Samsung admins keep it."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.acting import as_operator
from audit.models import Event
from devices import catalog, catalog_import
from devices.models import Approval, Device, DeviceModel, Tac, Upload
from devices.reading.unreadable import Unreadable
from rules.errors import RuleBroken
from tenants.regions import Region
from tests.world import World

pytestmark = pytest.mark.django_db
NEW = {"code": "SM-S999B", "name": "Galaxy S99", "region": "europe", "tacs": "99000001\n99000002"}


@pytest.fixture
def sam(world: World, client: Client) -> Client:
    client.force_login(world.sam)
    return client


def tacs(code: str) -> list[str]:
    return sorted(Tac.objects.filter(model__code=code).values_list("tac", flat=True))


def with_a_device(world: World, code: str) -> None:
    """A device of this model, in Knox."""
    now = timezone.now()
    with as_operator():
        upload = Upload.objects.create(
            channel="msp", customer=world.first, uploaded_by=world.alice, file_name="a.csv", file_hash="0" * 64, size=1
        )
        approval = Approval.objects.create(
            customer=world.first, upload=upload, channel="msp", state="approved", decided_at=now, is_complete=True
        )
        Device.objects.create(
            customer=world.first, approval=approval, model=DeviceModel.objects.get(code=code),
            imei="490154203237518", state="verified", added_at=now, modified_at=now,
        )  # fmt: skip


def test_a_new_model_tells_devices_from_then_on(sam: Client) -> None:
    answer = sam.post(reverse("model-add"), NEW | {"code": "sm-s999b"}, follow=True)

    model = DeviceModel.objects.get(code="SM-S999B")
    assert "SM-S999B is in the catalog." in answer.content.decode()
    assert (model.name, model.region, tacs("SM-S999B")) == ("Galaxy S99", "europe", ["99000001", "99000002"])
    with as_operator():
        assert Event.objects.get(verb="model.added").sentence == "added Galaxy S99 (SM-S999B) for Europe"


@pytest.mark.parametrize(
    ("wrong", "status", "sentence"),
    [
        ({"code": "SM-S921B"}, 409, "SM-S921B is in the catalog already. Open it to change it."),
        ({"code": "S"}, 422, "A model code has 2 to 30 letters and digits, and - or / inside. For example SM-S921B."),
        ({"code": "SM_S921B"}, 422, "A model code has 2 to 30 letters and digits"),
        ({"tacs": "35214300"}, 422, "The TAC 35214300 belongs to SM-S921B. Remove it there first."),
        ({"tacs": "9900000"}, 422, "A TAC is the first eight digits of an IMEI. 9900000 is not."),
        ({"tacs": "٩٩٠٠٠٠٠١"}, 422, "A TAC is the first eight digits of an IMEI."),
        ({"region": "moon"}, 422, "Choose region."),
        ({"name": ""}, 422, "Enter name."),
    ],
)
def test_what_a_model_cannot_be(sam: Client, wrong: dict[str, str], status: int, sentence: str) -> None:
    before = DeviceModel.objects.count()

    answer = sam.post(reverse("model-add"), NEW | wrong)

    assert answer.status_code == status
    assert sentence in answer.content.decode()
    assert DeviceModel.objects.count() == before


def test_a_changed_model_has_the_tacs_that_were_saved(sam: Client) -> None:
    model = DeviceModel.objects.get(code="SM-S921B")
    page = sam.get(reverse("model-edit", args=[model.pk])).content.decode()

    answer = sam.post(
        reverse("model-edit", args=[model.pk]),
        {"code": "SM-S921B", "name": "Galaxy S24 Enterprise", "region": "europe", "tacs": "35214300, 99000001"},
    )

    model.refresh_from_db()
    assert "35214300\n49015420" in page
    assert answer.status_code == 302
    assert (model.name, model.name_key) == ("Galaxy S24 Enterprise", "galaxy s24 enterprise")
    assert tacs("SM-S921B") == ["35214300", "99000001"]


def test_a_code_names_one_model(world: World) -> None:
    model = DeviceModel.objects.get(code="SM-S921B")

    with as_operator(), pytest.raises(RuleBroken, match="SM-S921U is in the catalog already") as no:
        catalog.change(model, code="SM-S921U", name="X", region=Region.EUROPE, tacs=[], by=world.sam)

    assert (no.value.status, no.value.field) == (409, "code")
    assert tacs("SM-S921B") == ["35214300", "49015420"]


def test_the_region_of_devices_in_knox_stays(world: World, sam: Client) -> None:
    with_a_device(world, "SM-S921B")
    models = {model.code: model for model in DeviceModel.objects.filter(code__in=["SM-S921B", "SM-S926B"])}
    facts = {"name": "Galaxy", "region": "north_america", "tacs": ""}

    refused = sam.post(reverse("model-edit", args=[models["SM-S921B"].pk]), facts | {"code": "SM-S921B"})
    taken = sam.post(reverse("model-edit", args=[models["SM-S926B"].pk]), facts | {"code": "SM-S926B"})

    assert (refused.status_code, taken.status_code) == (422, 302)
    assert "Devices of SM-S921B are in Knox, so its region stays Europe." in refused.content.decode()
    assert DeviceModel.objects.get(code="SM-S921B").region == "europe"
    assert DeviceModel.objects.get(code="SM-S926B").region == "north_america"


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("q=galaxy+s24+u&region=europe", ["SM-S928B"]),
        ("q=sm-s921&sort=code", ["SM-S921B", "SM-S921E", "SM-S921F", "SM-S921M", "SM-S921U"]),
        ("q=35214302", ["SM-S921M"]),
        ("q=490154203237518", ["SM-S921B"]),
        ("q=352143&sort=-code", ["SM-S921U", "SM-S921M", "SM-S921F", "SM-S921E", "SM-S921B"]),
        ("q=nothing+like+this", []),
        ("q=galaxy+watch&region=moon&sort=x&region=europe", ["SM-L315B"]),
    ],
)
def test_models_are_found_by_name_code_and_tac(sam: Client, query: str, codes: list[str]) -> None:
    answer = sam.get(f"{reverse('model-list')}?{query}")

    assert [model.code for model in answer.context["page"].rows] == codes


def test_the_csv_of_the_list_comes_back_as_an_import_that_changes_nothing(sam: Client) -> None:
    answer = sam.get(f"{reverse('model-export')}?q=galaxy+s24&sort=region")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    lines = catalog_import.read(answer.content, name="models.csv")
    assert rows[0] == ["Model code", "Name", "Region", "TAC"]
    assert ["SM-S921B", "Galaxy S24", "Europe", "49015420"] in rows
    assert len(lines) == len(rows) - 1 == 16
    assert (catalog_import.plan(lines).does_something, catalog_import.plan(lines).bad) == (False, [])


IMPORT = """Model code;Name;Region;TAC
SM-S999B;Galaxy S99;Europe;99000001
SM-S999B;Galaxy S99;Europe;99000002
sm-s921b;Galaxy S24 Enterprise;europe;35214300
SM-S921U;Galaxy S24;North America;35214301
SM-W999;Galaxy Watch99;Asia Pacific;

SM-S998B;Galaxy S98;Moon;
SM-S997B;Galaxy S97;Europe;35214300
SM-S999B;Galaxy S99 Plus;Europe;99000003
SM-S996B;Galaxy S96;Europe;99000001
"""


def test_an_import_says_first_what_it_would_do(sam: Client) -> None:
    before = DeviceModel.objects.count()
    file = SimpleUploadedFile("models.csv", IMPORT.encode("utf-16"))

    answer = sam.post(reverse("model-import"), {"file": file})

    plan = answer.context["plan"]
    assert (answer.status_code, DeviceModel.objects.count()) == (200, before)
    assert [(line.number, line.act) for line in plan.lines if line.act] == [
        (2, "New model, new TAC"),
        (3, "New TAC"),
        (4, "Was Galaxy S24, Europe"),
        (6, "New model"),
    ]
    assert [(line.number, line.problem) for line in plan.bad] == [
        (8, "The region is one of Europe, North America, Latin America, Middle East and Africa, Asia Pacific."),
        (9, "The TAC 35214300 belongs to SM-S921B. Remove it there first."),
        (10, "Line 2 has another name or region for SM-S999B."),
        (11, "Line 2 gives this TAC to SM-S999B."),
    ]


def test_the_second_step_applies_the_good_lines(sam: Client) -> None:
    text = sam.post(reverse("model-import"), {"lines": IMPORT}).context["text"]

    answer = sam.post(reverse("model-import"), {"lines": text, "apply": "1"}, follow=True)

    assert "Models added: 2. Models changed: 1. TACs added: 2." in answer.content.decode()
    assert tacs("SM-S999B") == ["99000001", "99000002"]
    assert DeviceModel.objects.get(code="SM-S921B").name_key == "galaxy s24 enterprise"
    assert DeviceModel.objects.get(code="SM-W999").region == "asia_pacific"
    assert not DeviceModel.objects.filter(code__in=["SM-S998B", "SM-S997B", "SM-S996B"]).exists()
    again = sam.post(reverse("model-import"), {"lines": text, "apply": "1"}, follow=True)
    assert "Nothing changed." in again.content.decode()


def test_an_import_leaves_the_region_of_devices_in_knox(world: World) -> None:
    with_a_device(world, "SM-S921B")
    lines = catalog_import.read(b"SM-S921B,Galaxy S24,North America,\nSM-S926B,Galaxy S24+,North America,", name="")

    with as_operator():
        done = catalog_import.apply(lines, by=world.sam)

    assert [line.code for line in done.changed] == ["SM-S926B"]
    assert done.bad[0].problem.startswith("Devices of SM-S921B are in Knox, so its region stays Europe.")
    assert DeviceModel.objects.get(code="SM-S921B").region == "europe"


def test_thousands_of_lines_take_a_few_queries(world: World, django_assert_max_num_queries) -> None:
    text = "".join(f"SM-T{n:04},Tab {n},Europe,{98000000 + n}\n" for n in range(5_000))

    with as_operator(), django_assert_max_num_queries(20):
        done = catalog_import.apply(catalog_import.read(text.encode(), name="a.csv"), by=world.sam)

    assert (len(done.added), len(done.tacs), Tac.objects.filter(tac__startswith="9800").count()) == (
        5_000,
        5_000,
        5_000,
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "There are no lines in it. Put one model on each line and send it again."),
        (b" \r\n\n", "There are no lines in it. Put one model on each line and send it again."),
        (b"Model code,Name,Region,TAC\n", "There are no lines in it."),
        (b"Model code,Name\nSM-1,x", "We need the column Region and did not find it."),
        (b"A,B,Europe,\n" * 5_001, "a.csv has 5,001 lines. An upload can have 5,000."),
        (b"SM-1,\0,Europe,", "a.csv is not a CSV file, or hidden characters damaged line 1."),
        (b'SM-1,"' + b"x\n" * 200_000, "a.csv is not a CSV file."),
        (b"\x89PNG\r\n\x1a\n", "a.csv is not a CSV file"),
        (b"<html>", "a.csv is not a CSV file."),
    ],
)
def test_files_that_are_none_of_ours(sam: Client, content: bytes, sentence: str) -> None:
    with pytest.raises(Unreadable) as no:
        catalog_import.read(content, name="a.csv")

    answer = sam.post(reverse("model-import"), {"file": SimpleUploadedFile("a.csv", content)})
    assert str(no.value).startswith(sentence)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)


def test_nothing_chosen_is_said_and_a_large_file_is_not_read(sam: Client) -> None:
    nothing = sam.post(reverse("model-import"), {"lines": " \n"})
    large = sam.post(reverse("model-import"), {"file": SimpleUploadedFile("a.csv", b"1" * 1_000_001)})

    assert (nothing.status_code, large.status_code) == (422, 422)
    assert "Choose a CSV file, or paste lines into the box." in nothing.content.decode()
    assert "a.csv has 1.0 MB. A file can have up to 1 MB." in large.content.decode()
