"""XLSX files, honest and hostile, as archives of XML: what a spreadsheet writes, without one."""

import io
import zipfile
from collections.abc import Sequence

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
)
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def relations(**targets: str) -> str:
    inside = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{name.rstrip("0123456789")}" Target="{target}"/>'
        for name, target in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'


def archive(sheet: str, *, more: dict[str, bytes | str] | None = None, hidden: bool = False) -> bytes:
    """An XLSX file with this XML inside its sheet. `more` adds entries or replaces them."""
    state = ' state="hidden"' if hidden else ""
    entries: dict[str, bytes | str] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": relations(officeDocument="xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        f'<sheet name="Devices" sheetId="1"{state} r:id="worksheet1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(worksheet1="worksheets/sheet1.xml", styles="styles.xml"),
        "xl/styles.xml": STYLES,
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{sheet}</worksheet>',
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in (entries | (more or {})).items():
            file.writestr(name, content)
    return made.getvalue()


def sheet(lines: Sequence[Sequence[str | int | float]]) -> str:
    """Text as text, numbers as numbers; empty cells are not there, as spreadsheets do."""
    rows = "".join(
        f'<row r="{row}">{"".join(_cell(row, place, value) for place, value in enumerate(cells) if value != "")}</row>'
        for row, cells in enumerate(lines, start=1)
        if any(value != "" for value in cells)
    )
    return f"<sheetData>{rows}</sheetData>"


def of(*lines: Sequence[str | int | float]) -> bytes:
    return archive(sheet(lines))


def _cell(row: int, place: int, value: str | float) -> str:
    where = f'r="{chr(65 + place)}{row}"'
    if isinstance(value, str):
        return f'<c {where} t="inlineStr"><is><t xml:space="preserve">{_escaped(value)}</t></is></c>'
    return f"<c {where}><v>{value}</v></c>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
