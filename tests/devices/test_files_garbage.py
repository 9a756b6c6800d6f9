"""Garbage for the parser: it answers with rows or one sentence, whatever arrives and however it is cut."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices import files
from devices.files import Row
from devices.problems import PROBLEMS
from tests.devices import workbook

NAMES = st.sampled_from(["a.csv", "a.txt", "a.tsv", "", "a.xlsx"])
SIGNS = st.text(alphabet=st.sampled_from("0123456789ABCxyzé€,;\t\" '=+-@\n\r\ufeff\u2028😀"), max_size=60)
WORD = st.text(alphabet=st.sampled_from("0123456789ABCDEFé€,;\" '😀"), max_size=20).map(str.strip)
LINES = st.lists(st.tuples(WORD.filter(bool), WORD, WORD, WORD), min_size=1, max_size=20)
LIMIT = 10_000


def read(content: bytes, *, name: str, piece: int = 65_536) -> list[Row] | str:
    pieces = [content[at : at + piece] for at in range(0, len(content), piece)]
    try:
        return list(files.rows(pieces, name=name, limit=LIMIT))
    except files.Unreadable as no:
        return str(no)


def is_sound(answer: list[Row] | str) -> bool:
    if isinstance(answer, str):
        return answer.endswith((".", "below.")) and len(answer) < 300
    numbers = [row.number for row in answer]
    longest = all(len(row.id) <= 200 and len(row.model) <= 40 and len(row.detail) <= 200 for row in answer)
    known = all(row.problem in {"", "form", "two", "formula"} and (row.problem in PROBLEMS or not row.problem)
                for row in answer)  # fmt: skip
    return bool(numbers) and numbers == sorted(set(numbers)) and longest and known


@settings(max_examples=300)
@given(content=st.binary(max_size=3_000), name=NAMES, piece=st.integers(1, 500))
def test_any_bytes(content: bytes, name: str, piece: int) -> None:
    assert is_sound(read(content, name=name, piece=piece))


@settings(max_examples=300)
@given(text=SIGNS, encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]), piece=st.integers(1, 99))
def test_any_text_says_the_same_however_it_is_cut(text: str, encoding: str, piece: int) -> None:
    content = text.encode(encoding)

    answer = read(content, name="a.csv", piece=piece)

    assert is_sound(answer)
    assert answer == read(content, name="a.csv")


@settings(max_examples=300)
@given(
    lines=LINES,
    separator=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be"]),
    piece=st.integers(1, 300),
)
def test_any_table_comes_back(
    lines: list[tuple[str, ...]], separator: str, end: str, encoding: str, piece: int
) -> None:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=separator, lineterminator=end)
    writer.writerows([("IMEI", "Model", "Order number", "Order date"), *lines])

    answer = read(written.getvalue().encode(encoding), name="a.csv", piece=piece)

    assert [(row.number, row.id, row.model, row.order_number, row.order_date) for row in answer] == [
        (number, *line) for number, line in enumerate(lines, start=2)
    ]


@settings(max_examples=100)
@given(lines=LINES)
def test_any_table_comes_back_from_a_workbook(lines: list[tuple[str, ...]]) -> None:
    content = workbook.of(("IMEI", "Model", "Order number", "Order date"), *lines)

    answer = read(content, name="a.xlsx")

    assert [(row.number, row.id, row.model, row.order_number, row.order_date) for row in answer] == [
        (number, *line) for number, line in enumerate(lines, start=2)
    ]


@settings(max_examples=300)
@given(at=st.integers(0, 5_000), put=st.binary(min_size=1, max_size=8))
def test_a_workbook_with_some_bytes_changed(at: int, put: bytes) -> None:
    content = workbook.of(("IMEI", "Model"), ("490154203237518", "SM-S921B"), (352143000000010, ""))
    at %= len(content)

    assert is_sound(read(content[:at] + put + content[at + len(put) :], name="a.xlsx"))


@settings(max_examples=200)
@given(cells=st.text(alphabet=st.sampled_from("<>/crvtsif =\"A1B2XFD'&;!-[]\n"), max_size=80))
def test_a_workbook_with_any_xml(cells: str) -> None:
    content = workbook.archive(f'<sheetData><row r="1"><c r="A1"><v>1</v></c>{cells}</row></sheetData>')

    assert is_sound(read(content, name="a.xlsx"))


@pytest.mark.parametrize("header", ["IMEI", ""])
@settings(max_examples=100)
@given(lines=st.lists(st.sampled_from(["490154203237518", "", "  ", '"', '"1"', "1,2", "=1", "x" * 300]), max_size=40))
def test_no_line_gets_lost(header: str, lines: list[str]) -> None:
    content = "\n".join(["490154203237518", *lines] if not header else [header, "490154203237518", *lines])

    answer = read(content.encode(), name="a.csv", piece=64)

    quotes = sum(line == '"' for line in lines)
    told = sum(bool(line.strip()) for line in lines) + 1
    assert not isinstance(answer, str)
    assert len(answer) == told if quotes == 0 else 1 <= len(answer) <= told
