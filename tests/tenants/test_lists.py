"""Lists: walking them forth and back shows every row once; an altered address shows the first page (design.md 8)."""

from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from post_office.models import Email

from tenants import lists
from tenants.lists import Order, Page

pytestmark = pytest.mark.django_db
TEXT, TIME, NUMBER = "subject", "scheduled_time", "number_of_retries"
START = timezone.now()
walks = settings(max_examples=25)


def fill(numbers: list[int]) -> QuerySet[Email]:
    """Rows of a table without walls, with as many ties as there are equal numbers."""
    Email.objects.all().delete()
    Email.objects.bulk_create(
        [
            Email(
                from_email="a@b.example",
                to=["c@d.example"],
                subject="ÅäZ🙂"[number % 4] * (number % 3),
                scheduled_time=START + timedelta(microseconds=number),
                number_of_retries=number,
            )
            for number in numbers
        ]
    )
    return Email.objects.all()


def walk(rows: QuerySet[Email], order: Order, query: str, size: int, *, by: str) -> list[Page[Email]]:
    """The pages from this address on, following `next` or `previous`."""
    pages, link = [], query
    while link or not pages:
        page = lists.page(rows, order, QueryDict(link.removeprefix("?")), size=size)
        pages.append(page)
        link = getattr(page, by)
        assert len(pages) < 100
    return pages


def keys(pages: list[Page[Email]]) -> list[int]:
    return [row.pk for page in pages for row in page.rows]


@given(
    st.lists(st.integers(0, 5), max_size=23), st.sampled_from([TEXT, TIME, NUMBER]), st.booleans(), st.integers(1, 6)
)
@walks
def test_walking_forth_shows_every_row_once_in_order(
    db: None, numbers: list[int], field: str, descending: bool, size: int
) -> None:
    rows, order = fill(numbers), Order(field, descending=descending)

    pages = walk(rows, order, "", size, by="next")

    assert keys(pages) == [row.pk for row in rows.order_by(*order.by())]
    assert all(len(page.rows) == size for page in pages[:-1])
    assert pages[0].previous == ""


@given(
    st.lists(st.integers(0, 5), min_size=2, max_size=23),
    st.sampled_from([TEXT, TIME, NUMBER]),
    st.booleans(),
    st.integers(1, 6),
)
@walks
def test_walking_back_shows_the_same_rows_the_other_way(
    db: None, numbers: list[int], field: str, descending: bool, size: int
) -> None:
    rows, order = fill(numbers), Order(field, descending=descending)
    forth = walk(rows, order, "", size, by="next")

    back = walk(rows, order, forth[-1].previous, size, by="previous") if forth[-1].previous else []

    assert keys(back[::-1]) == keys(forth[:-1])
    if back:
        assert back[-1].previous == ""


def test_a_row_that_comes_meanwhile_shifts_nothing() -> None:
    rows, order = fill([1, 2, 3, 4, 5, 6]), Order(NUMBER)
    first = lists.page(rows, order, QueryDict(""), size=3)
    Email.objects.create(from_email="a@b.example", to=["c@d.example"], number_of_retries=0)

    second = lists.page(rows, order, QueryDict(first.next.removeprefix("?")), size=3)

    assert [row.number_of_retries for row in second.rows] == [4, 5, 6]


def test_a_link_keeps_the_filters_of_the_address() -> None:
    fill([1, 2, 3])

    page = lists.page(Email.objects.all(), Order(NUMBER), QueryDict("q=Årsta&service=KC&service=KM&after=x"), size=2)

    kept = [pair for pair in parse_qsl(page.next.removeprefix("?")) if pair[0] != "after"]
    assert kept == [("q", "Årsta"), ("service", "KC"), ("service", "KM")]


@pytest.mark.parametrize(("rows", "words"), [(0, "0 shown, 0 match"), (3, "2 shown, 3 match")])
def test_the_total_is_said(rows: int, words: str) -> None:
    page = lists.page(fill(list(range(rows))), Order(NUMBER), QueryDict(""), size=2)

    assert (page.total_text, page.total, page.capped) == (words, rows, False)


def test_a_large_total_is_not_counted_to_its_end() -> None:
    page = lists.page(fill([1] * 1001), Order(NUMBER), QueryDict(""), size=2)

    assert (page.total_text, page.total, page.capped) == ("2 shown, more than 1,000 match", 1000, True)


ALTERED = ["x", "%00", "é", "====", "::", "a" * 4000, "WzEsMl0", "WzEsMl0:", "WzEsMl0:x"]


@pytest.mark.parametrize("name", ["after", "before"])
@pytest.mark.parametrize("field", [TEXT, TIME, NUMBER])
@pytest.mark.parametrize("altered", ALTERED)
def test_an_altered_address_shows_the_first_page(name: str, field: str, altered: str) -> None:
    page = lists.page(fill([1, 2, 3]), Order(field), QueryDict(f"{name}={altered}"), size=2)

    assert keys([page]) == keys([lists.page(Email.objects.all(), Order(field), QueryDict(""), size=2)])
    assert page.previous == ""


@pytest.mark.parametrize("place", [0, 5, -5, -1])
def test_one_altered_letter_of_a_cursor_shows_the_first_page(place: int) -> None:
    rows, order = fill([1, 2, 3]), Order(TIME)
    cursor = list(dict(parse_qsl(lists.page(rows, order, QueryDict(""), size=2).next.removeprefix("?")))["after"])
    cursor[place] = "A" if cursor[place] != "A" else "B"
    query = QueryDict(mutable=True)
    query["after"] = "".join(cursor)

    assert [row.number_of_retries for row in lists.page(rows, order, query, size=2).rows] == [1, 2]


def test_a_cursor_of_another_order_shows_the_first_page() -> None:
    rows = fill([1, 2, 3])
    by_text = lists.page(rows, Order(TEXT), QueryDict(""), size=2).next

    page = lists.page(rows, Order(TIME), QueryDict(by_text.removeprefix("?")), size=2)

    assert [row.number_of_retries for row in page.rows] == [1, 2]


@given(st.text(), st.sampled_from(["after", "before"]))
@walks
def test_any_text_as_a_cursor_shows_the_first_page(db: None, typed: str, name: str) -> None:
    rows, query = fill([1, 2, 3]), QueryDict(mutable=True)
    query[name] = typed

    assert [row.number_of_retries for row in lists.page(rows, Order(TIME), query, size=2).rows] == [1, 2]


@pytest.mark.parametrize(
    ("typed", "key"),
    [("7", 7), ("9223372036854775807", 2**63 - 1), ("9223372036854775808", 0), pytest.param("9" * 5000, 0, id="long")]
    + [(typed, 0) for typed in ("", "0", "-7", "7.0", " 7", "٧", "²", "x")],
)
def test_a_key_is_read_of_an_address_and_nothing_else_is_one(typed, key):
    assert lists.key(typed) == key
    assert lists.keys([typed, "8"]) == ([key] if key else []) + [8]
