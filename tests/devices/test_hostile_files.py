"""Files made to do harm, or sent by mistake: one sentence, nothing kept, no memory blown."""

import gzip
import io
import struct
import tracemalloc
import zipfile
from collections.abc import Iterable, Iterator
from os import urandom

import pytest

from devices import files
from devices.reading import packages
from rules import settings
from tests.devices import workbook

IMEI = "490154203237518"
KIND = "{} is not a CSV file. In your spreadsheet choose Save as, then CSV UTF-8."
DAMAGED = (
    "{} is not a CSV file, or hidden characters damaged line {}. In your spreadsheet choose Save as, then CSV UTF-8."
)
EMPTY = "{} has no devices in it. Put one device on each line and send it again."
WIDE = "{} unpacks to more than a list of devices needs. In your spreadsheet choose Save as, then CSV UTF-8."
COLUMN = "We need the column IMEI and did not find it. Download the template."
LETTERS = "We cannot read the letters from line {} on. Save the file as CSV UTF-8 and send it again."
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 20
MEGABYTE = 1_000_000
MOST_MEMORY = 8 * MEGABYTE
"""Bytes that Python may need at once to say no."""


def refused(content: bytes | Iterable[bytes], *, name: str) -> str:
    """The sentence, with an eye on the memory that it took to find it."""
    pieces = (
        [content[at : at + 65_536] for at in range(0, len(content), 65_536)] if isinstance(content, bytes) else content
    )
    tracemalloc.start()
    try:
        with pytest.raises(files.Unreadable) as no:
            for _ in files.rows(pieces, name=name, limit=1_000_000):
                pass
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    finally:
        tracemalloc.stop()
    assert no.value.field == "file"
    return str(no.value)


def zipped(**entries: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return made.getvalue()


TEXTS = [
    pytest.param("a.csv", b"", EMPTY.format("a.csv"), id="0 bytes"),
    pytest.param("a.csv", b"\xef\xbb\xbf", EMPTY.format("a.csv"), id="a mark and nothing else"),
    pytest.param("a.csv", b"\r\n \r\n,,,\r\n" * 50_000, EMPTY.format("a.csv"), id="a hundred thousand empty lines"),
    pytest.param("a.csv", b"IMEI,Model\r\n", EMPTY.format("a.csv"), id="a header alone"),
    pytest.param("a.csv", b"1\n2\n3\0", DAMAGED.format("a.csv", 3), id="NUL"),
    pytest.param("a.csv", f"{IMEI}\n".encode() * 9_000 + b"\0", DAMAGED.format("a.csv", "9,001"), id="NUL far down"),
    pytest.param("a.csv", b"\0" * 100_000, DAMAGED.format("a.csv", 1), id="only NUL"),
    pytest.param("a.csv", f"{IMEI}\x1b[31m\n".encode(), DAMAGED.format("a.csv", 1), id="commands for a terminal"),
    pytest.param("a.csv", PNG, KIND.format("a.csv"), id="PNG with the name of a list"),
    pytest.param("a.png", PNG, KIND.format("a.png"), id="PNG"),
    pytest.param("a.csv", b"%PDF-1.7\n1 0 obj", KIND.format("a.csv"), id="PDF"),
    pytest.param("a.csv", gzip.compress(IMEI.encode()), KIND.format("a.csv"), id="gzip"),
    pytest.param("a.zip", zipped(**{"a.csv": IMEI.encode()}), KIND.format("a.zip"), id="an archive"),
    pytest.param("a.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 512, KIND.format("a.xls"), id="a workbook of before 2007"),
    pytest.param("a.exe", IMEI.encode(), KIND.format("a.exe"), id="wrong extension"),
    pytest.param("a.xlsx", IMEI.encode(), KIND.format("a.xlsx"), id="a list with the name of a workbook"),
    pytest.param("a.csv", workbook.of((IMEI,)), KIND.format("a.csv"), id="a workbook with the name of a list"),
    pytest.param("a.csv", b"<!DOCTYPE html>\n<table>", KIND.format("a.csv"), id="HTML"),
    pytest.param("a.csv", "\n <html>".encode("utf-16"), KIND.format("a.csv"), id="HTML in UTF-16"),
    pytest.param("a.csv", b"IMEI,Model,imei\n1,2,3", "The column imei is there twice. Keep the right one and send the "
                 "file again.", id="a header twice"),
    pytest.param("a.csv", b"Model,IMEI,Device model\n", "The column Device model is there twice. Keep the right one "
                 "and send the file again.", id="two columns for the model"),
    pytest.param("a.csv", b"Model;Order number\n1;2", COLUMN, id="no column for the device"),
    pytest.param("a.csv", b"Dear colleagues,\nhere are the phones", COLUMN, id="a letter"),
    pytest.param("a.csv", b"IMEI,Model\n1,\xc3\xa9\n2,\xe9", LETTERS.format(3), id="UTF-8, then cp1252"),
    pytest.param("a.csv", b"IMEI,Model\n1,\xe9\n\n2,\xc3\xa9", LETTERS.format(4), id="cp1252, then UTF-8"),
    pytest.param("a.csv", b"IMEI,Model\n1,\x81\xfe", LETTERS.format(2), id="neither"),
    pytest.param("a.csv", b"\xff\xfe1\x002\x00\n\x00\x00\xd8\n\x00", LETTERS.format(1), id="half a letter of UTF-16"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "sentence"), TEXTS)
def test_one_sentence(name: str, content: bytes, sentence: str) -> None:
    assert refused(content, name=name) == sentence


@pytest.mark.parametrize("sign", [b"1", b"\xe9", b'"', b",", b" "])
def test_a_line_of_one_gigabyte_is_given_up_early(sign: bytes) -> None:
    taken = []

    def endless() -> Iterator[bytes]:
        for number in range(1_000):
            taken.append(number)
            yield sign * MEGABYTE

    assert refused(endless(), name="a.csv") == DAMAGED.format("a.csv", 1)
    assert len(taken) < 5


def test_lines_with_ten_thousand_fields_are_lines_of_the_wrong_form() -> None:
    line = ",".join("1" * 4_999)

    found = list(files.rows([f"{line}\n".encode()] * 20 + [IMEI.encode()], name="a.csv", limit=100))

    assert {one.detail for one in found[:20]} == {"4,999 columns. It needs 4"}
    assert (found[20].number, found[20].problem) == (21, "")
    ten_thousand = next(files.rows([b"1," * 10_000], name="a.csv", limit=100))
    assert (ten_thousand.problem, ten_thousand.detail) == ("form", "more than 10,000 signs")


def test_a_name_of_a_thousand_letters_is_cut() -> None:
    assert len(refused(b"\n", name="x" * 1_000 + ".csv")) < 200


@pytest.mark.django_db
def test_more_bytes_than_the_rule_allows_stop_the_receiving() -> None:
    most = settings.number("upload_megabytes")
    taken = []

    def large() -> Iterator[bytes]:
        for number in range(10 * most):
            taken.append(number)
            yield b"1" * MEGABYTE

    with pytest.raises(files.Unreadable) as no:
        for _ in files.within(large(), name="a.csv"):
            pass

    assert str(no.value).startswith(f"a.csv has {most}.")
    assert str(no.value).endswith(f"A file can have up to {most} MB. Split it and send the parts.")
    assert (no.value.status, len(taken)) == (413, most + 1)


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "content"), [("a.png", PNG), ("a.csv", b""), ("a.csv", b"%PDF-1")])
def test_what_the_beginning_gives_away_is_not_received(name: str, content: bytes) -> None:
    with pytest.raises(files.Unreadable):
        next(files.within([content], name=name))


BLANK = '<row r="1"><c r="A1"><v>1</v></c>{}</row>'
SHEET = "xl/worksheets/sheet1.xml"
BOOKS = [
    pytest.param(workbook.archive("<sheetData>" + " " * 30 * MEGABYTE + "</sheetData>"), WIDE, id="zip bomb"),
    pytest.param(workbook.archive("", more={"xl/media/a.bin": b"\0" * 9 * MEGABYTE}), WIDE, id="zip bomb beside it"),
    pytest.param(workbook.archive("", more={f"xl/{n}.xml": "<a/>" for n in range(1_001)}), WIDE, id="1,000 entries"),
    pytest.param(
        workbook.archive("", more={"xl/vbaProject.bin": b"macro"}),
        "a.xlsx has macros in it, and we do not open those. In your spreadsheet choose Save as, then CSV UTF-8.",
        id="macros",
    ),
    pytest.param(
        workbook.archive("<sheetData>" + BLANK.format('<c r="XFD1048576"><v>1</v></c>') + "</sheetData>"),
        WIDE,
        id="one cell at the far end",
    ),
    pytest.param(
        workbook.archive('<sheetData><row r="1">' + '<c><v>1</v></c>' * 400_000 + "</row></sheetData>"),
        WIDE,
        id="cells that do not say where they are",
    ),
    pytest.param(
        workbook.archive(f"<sheetData><row r='1'><c {' ' * 70_000}r='XFD1048576'><v>1</v></c></row></sheetData>"),
        WIDE,
        id="a place that hides behind spaces",
    ),
    pytest.param(
        workbook.archive("<sheetData>" + "".join(
            f'<row r="{row}">' + "".join(f'<c r="{chr(65 + at)}{chr(65 + column)}{row}" s="1"/>'
                                         for at in range(26) for column in range(26)) + "</row>"
            for row in range(1, 8_001, 40)
        ) + "</sheetData>"),
        WIDE,
        id="hundreds of thousands of empty cells",
    ),
    pytest.param(workbook.archive("<sheetData>").replace(b"PK\x05\x06", b"PK\x05\x07"), KIND, id="no end"),
    pytest.param(workbook.archive("<sheetData/>"), EMPTY.format("a.xlsx"), id="no line"),
    pytest.param(workbook.archive("<sheetData>", hidden=True), EMPTY.format("a.xlsx"), id="a hidden sheet"),
    pytest.param(
        workbook.archive('<sheetData><row r="1"><c r="A1"><v>1</x>'), KIND.format("a.xlsx"), id="XML that breaks off"
    ),
    pytest.param(workbook.archive("", more={"xl/workbook.xml": "no XML"}), KIND.format("a.xlsx"), id="no workbook"),
    pytest.param(zipped(**{"a.csv": b"1"}), KIND.format("a.xlsx"), id="an archive with the name of a workbook"),
    pytest.param(
        workbook.archive("", more={SHEET: '<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16")}),
        WIDE,
        id="XML in letters that nobody can look at",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("content", "sentence"), BOOKS)
def test_one_sentence_for_a_workbook(content: bytes, sentence: str) -> None:
    assert refused(content, name="a.xlsx") == sentence.format("a.xlsx")


def test_what_unpacks_to_more_than_a_list_needs_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "_MOST_UNPACKED", 10_000)
    noise = urandom(20_000)  # packed as it is, so no bomb by its ratio

    assert refused(workbook.archive("", more={"xl/media/a.bin": noise}), name="a.xlsx") == WIDE.format("a.xlsx")


def test_what_stands_beside_the_list_is_not_larger_than_a_list_needs() -> None:
    colors = "".join(f'<color value="{urandom(30).hex()}"/>' for _ in range(140_000))
    theme = f"<theme>{colors}</theme>"

    assert refused(workbook.archive("", more={"xl/theme.xml": theme}), name="a.xlsx") == WIDE.format("a.xlsx")


def test_an_archive_that_lies_about_its_size_is_not_believed() -> None:
    """The entry says 100 bytes and unpacks to 50 MB, with the check sum of the first 100."""
    content = workbook.archive("<sheetData>" + " " * 50 * MEGABYTE + "</sheetData>")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(SHEET).file_size
    lying = content.replace(struct.pack("<L", size), struct.pack("<L", 100))

    assert refused(lying, name="a.xlsx") == KIND.format("a.xlsx")


def test_formulas_of_a_workbook_are_not_run() -> None:
    run = f'<row r="1"><c r="A1"><f>HYPERLINK("x")</f><v>{IMEI}</v></c></row>'
    shown = '<row r="2"><c r="A2" t="str"><v>=1+1</v></c></row>'

    found = list(files.rows([workbook.archive(f"<sheetData>{run}{shown}</sheetData>")], name="a.xlsx", limit=10))

    assert [(one.id, one.problem) for one in found] == [(IMEI, ""), ("=1+1", "formula")]


@pytest.mark.parametrize("sign", ["&#0;", "&#x0;", "&#1;", "_x0000_", "&#xFFFF;"])
def test_hidden_signs_of_a_workbook_reach_no_table(sign: str) -> None:
    cells = f'<row r="1"><c r="A1"><v>{IMEI}</v></c></row><row r="2"><c r="A2" t="str"><v>R58{sign}M12</v></c></row>'
    content = workbook.archive(f"<sheetData>{cells}</sheetData>")

    assert refused(content, name="a.xlsx") in {DAMAGED.format("a.xlsx", 2), KIND.format("a.xlsx")}


def test_an_entity_that_grows_is_not_unfolded() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "' + "1" * 1_000 + '">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 100}">' for before, name in zip("bcde", "cdef", strict=True)
    ) + "]>"  # fmt: skip
    cell = '<sheetData><row r="1"><c r="A1" t="str"><v>&f;</v></c></row></sheetData>'
    sheet = f'{bomb}<worksheet xmlns="{workbook.MAIN}">{cell}</worksheet>'

    content = workbook.archive("", more={SHEET: sheet})

    assert refused(content, name="a.xlsx") in {KIND.format("a.xlsx"), EMPTY.format("a.xlsx")}
