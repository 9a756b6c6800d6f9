"""A process of its own that reads an XLSX file. Prints the megabytes that it took at most, above those at rest.

The file is made first, a line at a time: a spreadsheet of so many lines and four columns, texts in the cells.

    python -m bench.workbook PATH LINES
"""

import sys
import zipfile
from collections import deque
from pathlib import Path

import django

django.setup()

from bench.worker import megabytes  # noqa: E402  (apps first)
from devices import files  # noqa: E402
from tests.devices import sending, workbook  # noqa: E402

PIECE = 64 * 1024
SHEET = "xl/worksheets/sheet1.xml"
EACH = 1_000_000


def write(path: Path, lines: int) -> None:
    """IMEI, model, order number and order date in each line."""
    start, end = workbook.sheet([["x"]]).split("<row", 1)[0], "</sheetData></worksheet>"
    path.write_bytes(workbook.archive("", more={SHEET: ""}))
    with zipfile.ZipFile(path) as whole:
        others = {name: whole.read(name) for name in whole.namelist() if name != SHEET}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in others.items():
            file.writestr(name, content)
        with file.open(SHEET, "w", force_zip64=True) as sheet:
            sheet.write(f'<worksheet xmlns="{workbook.MAIN}">{start}'.encode())
            for number in range(lines):
                sheet.write(_row(number).encode())
            sheet.write(end.encode())


def _row(number: int) -> str:
    cells = sending.imei(number % EACH), "SM-S921B", f"B{number:07d}", "2026-11-24"
    texts = (
        f'<c r="{column}{number + 1}" t="inlineStr"><is><t>{text}</t></is></c>'
        for column, text in zip("ABCD", cells, strict=True)
    )
    return f'<row r="{number + 1}">{"".join(texts)}</row>'


def main(path: Path, lines: int) -> None:
    if not path.exists():
        write(path, lines)
        return
    at_rest = megabytes("VmRSS")
    with path.open("rb") as file:
        pieces = iter(lambda: file.read(PIECE), b"")
        found = deque(enumerate(files.rows(pieces, name="devices.xlsx", limit=lines), start=1), maxlen=1)
    assert found[0][0] == lines
    print(megabytes("VmHWM") - at_rest)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
