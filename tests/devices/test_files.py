"""Files in the forms that people have, and the rows that they say."""

import time

import pytest

from devices import files, identifiers, uploads
from devices.files import Row
from devices.reading import packages
from tests.devices import workbook

IMEI, OTHER, SERIAL = "490154203237518", "352143000000010", "R58M12ABCDE"
KCS_ID = "1000000009"


def read(content: str | bytes, *, name: str = "devices.csv", piece: int = 65_536) -> list[Row]:
    typed = content.encode() if isinstance(content, str) else content
    pieces = [typed[at : at + piece] for at in range(0, len(typed), piece)]
    return list(files.rows(pieces, name=name, limit=1_000_000))


def row(number: int, typed: str, **more: str) -> Row:
    empty = dict.fromkeys(Row._fields, "")
    return Row(**empty | {"number": number, "id": typed} | more)  # type: ignore[arg-type]


PLAIN = [row(1, IMEI), row(2, OTHER), row(4, SERIAL)]
LIST = f"{IMEI}\n{OTHER}\n\n{SERIAL}"


@pytest.mark.parametrize(
    "content",
    [
        LIST.encode(),
        LIST.replace("\n", "\r\n").encode(),
        LIST.replace("\n", "\r").encode(),
        LIST.encode("utf-8-sig"),
        LIST.encode("utf-16"),
        b"\xfe\xff" + LIST.encode("utf-16-be"),
        LIST.encode("utf-16-le"),
        LIST.encode("utf-16-be"),
        f'"{IMEI}"\n"{OTHER}"\n""\n"{SERIAL}"\n'.encode(),
        f"{IMEI},\n {OTHER} ,,\n,,,\n{SERIAL}\n".encode(),
        f"{IMEI};;;\n{OTHER};;;\n;;;\n{SERIAL};;;\n".encode(),
        f"sep=;\r\n{IMEI};;;\r\n{OTHER}\r\n\r\n{SERIAL}".encode(),
    ],
)
@pytest.mark.parametrize("piece", [1, 7, 65_536])
def test_one_identifier_a_line_in_any_letters_and_line_ends(content: bytes, piece: int) -> None:
    assert read(content, piece=piece) == PLAIN


@pytest.mark.parametrize("header", ["IMEI", "imei/meid", "Serial number", "Device", "IMEI 1", " I M E I ", "imei_1"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_columns_by_their_names_in_any_order(header: str, separator: str) -> None:
    lines = [("Model code", "Order no.", header, "ORDER DATE"), ("SM-S921B", "A1", IMEI, "2026-11-24")]

    found = read("\n".join(separator.join(line) for line in lines))

    assert found == [row(2, IMEI, model="SM-S921B", order_number="A1", order_date="2026-11-24")]


def test_a_header_that_a_spreadsheet_quoted_over_two_lines() -> None:
    found = read(f'"IMEI\n/ MEID";"Model"\r\n"{IMEI}";"SM-S921B"\r\n"{OTHER}";"SM;S921B"')

    assert found == [row(2, IMEI, model="SM-S921B"), row(3, OTHER, model="SM;S921B")]


def test_columns_without_a_header() -> None:
    found = read(f"{IMEI},SM-S921B,A1,2026-11-24\n{SERIAL},SM-S921B")

    assert found == [
        row(1, IMEI, model="SM-S921B", order_number="A1", order_date="2026-11-24"),
        row(2, SERIAL, model="SM-S921B"),
    ]


@pytest.mark.parametrize("header", ["", "KCS Customer ID,IMEI or serial number,order number,order date\n"])
def test_a_file_for_many_customers_names_the_customer_first(header: str) -> None:
    found = read(f"{header}{KCS_ID},{IMEI},A1,2026-11-24\n{KCS_ID},{SERIAL}")

    first = 2 if header else 1
    assert found == [
        row(first, IMEI, customer=KCS_ID, order_number="A1", order_date="2026-11-24"),
        row(first + 1, SERIAL, customer=KCS_ID),
    ]


def test_columns_that_nobody_needs_are_passed_over() -> None:
    assert read(f"Store,IMEI,Note\nBerlin,{IMEI},“new”") == [row(2, IMEI)]


def test_the_report_of_an_upload_can_be_corrected_and_sent_again() -> None:
    head = ",".join(f'"{name}"' for name in uploads.REPORT)

    found = read(f"{head}\n3,{KCS_ID},{IMEI},SM-S921B,A1,2026-11-24,DEVICE_IMEI_INVALID,One digit was wrong.\n")

    line = {"customer": KCS_ID, "model": "SM-S921B", "order_number": "A1", "order_date": "2026-11-24"}
    assert found == [row(2, IMEI, **line)]


def test_of_a_list_that_the_portal_wrote_the_codes_count() -> None:
    head = "Customer,KCS Customer ID,IMEI,MEID,Serial number,Model,Model code,Tags"

    found = read(f"{head}\nFjordline,{KCS_ID},,,{SERIAL},Galaxy S24,SM-S921B,Berlin\n")

    assert found == [row(2, SERIAL, customer=KCS_ID, model="SM-S921B")]


def test_letters_of_an_old_windows_program() -> None:
    assert read(b"IMEI;Model\n" + f"{IMEI};Größe".encode("cp1252")) == [row(2, IMEI, model="Größe")]


def test_letters_of_utf_8_also_far_down_and_cut_in_two() -> None:
    content = "IMEI,Model\n" + f"{IMEI},SM\n" * 20_000 + f"{IMEI},Größe\n"

    found = read(content, piece=11)

    assert found[-1] == row(20_002, IMEI, model="Größe")


@pytest.mark.parametrize(
    ("line", "typed", "problem", "detail"),
    [
        (f"{IMEI},SM,A1,2026-11-24,5,6,7,8,9,10,11,12", IMEI, "form", "12 columns. It needs 4"),
        (",SM-S921B", "", "form", "no IMEI, MEID or serial number"),
        (f"{IMEI},{OTHER}", IMEI, "two", OTHER),
        (f"{IMEI},=1+1", IMEI, "formula", ""),
        ("=1+1,SM", "=1+1", "formula", ""),
        (f"{IMEI},{'M' * 41}", IMEI, "form", "41 signs in one column. It can have 40"),
        ("9" * 10_001, "9" * 200, "form", "more than 10,000 signs"),
        ("9" * 600_000, "9" * 200, "form", "more than 10,000 signs"),
        (f'"{IMEI},SM', f'"{IMEI},SM', "form", "a quotation mark that has no second one"),
    ],
)
def test_a_line_of_the_wrong_form_keeps_the_others(line: str, typed: str, problem: str, detail: str) -> None:
    found = read(f"{OTHER},SM-S921B\n{line}\n{OTHER},SM-S921B")

    assert [one.number for one in found] == [1, 2, 3]
    assert (found[1].id, found[1].problem, found[1].detail) == (typed, problem, detail)
    assert found[2] == row(3, OTHER, model="SM-S921B")


def test_of_two_identifiers_in_a_line_nobody_knows_which() -> None:
    found = read(f"IMEI,Serial number\n{IMEI},\n,{SERIAL}\n{IMEI},{SERIAL}\n{IMEI},{IMEI}")

    assert found == [row(2, IMEI), row(3, SERIAL), row(4, IMEI, problem="two", detail=SERIAL), row(5, IMEI)]


def test_of_a_phone_with_two_imeis_the_first_counts() -> None:
    assert read(f"IMEI1,IMEI2\n{IMEI},{OTHER}\n,{OTHER}") == [row(2, IMEI), row(3, OTHER)]


def test_what_is_no_matter_of_form_stays_for_the_check() -> None:
    found = read("IMEI,Order date\n3.5E+14,2026-11-24\n35-214300-000001-0,24.11.2026\nhello,x")

    assert [one.problem for one in found] == ["", "", ""]
    assert [identifiers.read(one.id)[1] for one in found] == ["rounded", "", "id"]


def test_a_quote_that_stays_open_loses_no_line() -> None:
    found = read(f'{IMEI}\n"{IMEI}\n' + f"{OTHER}\n" * 30_000, piece=1_000)

    assert len(found) == 30_002
    assert [one.problem for one in found if one.problem] == ["form"]


def test_an_identifier_at_the_end_of_a_plain_list_may_lack_its_line_end() -> None:
    found = read(f"{IMEI}\n" * 100_000 + OTHER, piece=997)

    assert len(found) == 100_001
    assert found[-1] == row(100_001, OTHER)


def test_a_list_of_up_to_the_limit_and_one_more() -> None:
    content = f"{IMEI}\n".encode() * 20

    assert len(list(files.rows([content], name="devices.csv", limit=20))) == 20
    with pytest.raises(files.Unreadable, match=r"devices.csv has 20 lines. An upload can have 18. Split it"):
        list(files.rows([content], name="devices.csv", limit=18))


def test_how_much_went_by_is_known_while_it_is_read() -> None:
    reading = files.Reading([f"{IMEI}\n".encode() * 10_000] * 3)

    rows = files.rows(reading, name="devices.csv", limit=100_000)
    next(rows)
    begun, count = reading.bytes, 1 + sum(1 for _ in rows)

    assert begun == 160_000
    assert (reading.bytes, count) == (480_000, 30_000)


def test_a_workbook_says_the_same_as_a_list() -> None:
    content = workbook.of(
        ("", "IMEI", "Model", "Order number", "Order date"),
        (),
        ("", IMEI, "SM-S921B", "A1", "2026-11-24"),
        ("", 490154203237518.0, "", 20261124),
        ("", "", "SM"),
    )

    assert read(content, name="Devices.XLSX") == [
        row(3, IMEI, model="SM-S921B", order_number="A1", order_date="2026-11-24"),
        row(4, IMEI, order_number="20261124"),
        row(5, "", model="SM", problem="form", detail="no IMEI, MEID or serial number"),
    ]


@pytest.mark.parametrize("cells", [1, 4, 9])
def test_a_workbook_in_parts_says_the_same_as_a_whole_one(monkeypatch: pytest.MonkeyPatch, cells: int) -> None:
    lines = [("IMEI", "Model", "Order number"), (IMEI, "A", "B"), (), (), (), (OTHER, "", "C"), (SERIAL,)]
    long = workbook.sheet([(number,) for number in range(1, 40)])
    content = workbook.archive(
        workbook.sheet(lines), more={"xl/worksheets/sheet2.xml": f"<worksheet>{long}</worksheet>"}
    )
    whole = read(content, name="a.xlsx")

    monkeypatch.setattr(packages, "_PART_CELLS", cells)

    assert read(content, name="a.xlsx") == whole == [
        row(2, IMEI, model="A", order_number="B"), row(6, OTHER, order_number="C"), row(7, SERIAL),
    ]  # fmt: skip


def test_a_number_that_lost_digits_in_a_workbook_is_recognised() -> None:
    found = read(workbook.of((490154000000000,), (4.90154e14,), ("4.90154E+14",), (4901542032375180,)), name="a.xlsx")

    assert [identifiers.read(one.id)[1] for one in found] == ["rounded"] * 4


def test_a_date_of_a_workbook_is_a_date() -> None:
    cells = '<c r="A1" t="str"><v>IMEI</v></c><c r="B1" t="str"><v>Order date</v></c>'
    line = f'<c r="A2"><v>{IMEI}</v></c><c r="B2" s="1"><v>46350</v></c>'
    content = workbook.archive(f'<sheetData><row r="1">{cells}</row><row r="2">{line}</row></sheetData>')

    assert read(content, name="a.xlsx") == [row(2, IMEI, order_date="2026-11-24")]


def test_texts_that_a_workbook_keeps_in_a_table() -> None:
    shared = (
        f'<sst xmlns="{workbook.MAIN}"><si><t>{SERIAL}</t></si><si><r><t>R58</t></r><r><t>M99ABCDE</t></r></si></sst>'
    )
    lines = '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>'
    links = workbook.relations(worksheet1="worksheets/sheet1.xml", sharedStrings="sharedStrings.xml")
    more: dict[str, bytes | str] = {"xl/sharedStrings.xml": shared, "xl/_rels/workbook.xml.rels": links}

    found = read(workbook.archive(f"<sheetData>{lines}</sheetData>", more=more), name="a.xlsx")

    assert found == [row(1, SERIAL), row(2, "R58M99ABCDE")]


def test_a_hundred_thousand_plain_lines_take_a_fraction_of_a_second() -> None:
    content = f"{IMEI}\r\n".encode() * 100_000

    begun = time.process_time()
    found = sum(1 for _ in files.rows([content], name="devices.csv", limit=100_000))

    assert found == 100_000
    assert time.process_time() - begun < 0.5
