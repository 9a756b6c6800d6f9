"""CSV: safe cells, and short files that are handed out at once (knox.md 2.3)."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tenants import exports
from tests.tenants.exporting import read
from tests.world import World, customer


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_what_a_spreadsheet_would_run_gets_a_quote(first: str) -> None:
    assert exports.cell(f"{first}1+1") == f"'{first}1+1"


@pytest.mark.parametrize("parted", [";", "\t", "\n"])
def test_so_does_what_a_spreadsheet_with_other_separators_would_take_for_a_cell(parted: str) -> None:
    assert exports.cell(f"Acme{parted}=1+1") == f"Acme{parted}'=1+1"


@pytest.mark.parametrize(("value", "cell"), [(None, ""), (5, "5"), ("Aurora", "Aurora"), ("a=1", "a=1"), ("", "")])
def test_other_values_stay_as_they_are(value: object, cell: str) -> None:
    assert exports.cell(value) == cell


def test_an_instant_is_written_in_utc() -> None:
    at = datetime(2026, 11, 24, 14, 5, tzinfo=ZoneInfo("Europe/Berlin"))

    assert exports.cell(at) == "2026-11-24T13:05:00Z"


# A lone carriage return is no character of a form, and csv reads it as the end of a line.
@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=1), min_size=1))
def test_any_rows_can_be_read_again(rows: list[list[str]]) -> None:
    text = "".join(exports.lines(rows))

    assert text.startswith("\ufeff")
    assert read(text.encode()) == [[exports.cell(value) for value in row] for row in rows]


@pytest.mark.django_db
def test_a_short_list_is_handed_out_at_once(world: World, client: Client) -> None:
    customer(world.aurora, world.alice, "=HYPERLINK(1)", city="-Bonn")
    client.force_login(world.alice)

    response = client.get(reverse("customer-export"))

    head, formula, *_ = read(response.content)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="customers.csv"'
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert (head[:2], formula[0], formula[12]) == (["Company name", "KCS Customer ID"], "'=HYPERLINK(1)", "'-Bonn")


@pytest.mark.django_db
def test_ticked_rows_alone_are_handed_out(world: World, client: Client) -> None:
    client.force_login(world.alice)

    response = client.get(reverse("customer-export"), {"kcs": [world.second.kcs_id, world.foreign.kcs_id]})

    assert [row[1] for row in read(response.content)[1:]] == [world.second.kcs_id]
