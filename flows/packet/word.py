"""A document as DOCX, for a practice that changes the wording: real styles, real tables, the same bytes each time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flows.packet.blocks import Block, Bullets, Document, Grid, Heading, Paragraph, legal

EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first date that a zip file can hold
BLANK = re.compile(r"(\[[^\[\]]+\])")
PAPERS_MM = {"letter": (215.9, 279.4), "a4": (210, 297)}
MARGIN_MM, TEXT_PT, CELL_PT = 20, 10, 8.5
LEAST, MOST = 7, 24  # letters a column is given room for
FONT = "Liberation Sans"


def as_docx(document: Document, paper: str) -> bytes:
    """The document in Word's format."""
    import docx

    word = docx.Document()
    _set_up(word, document, paper)
    _write(word.add_paragraph(style="Title"), document.sender[0])
    if document.sender[1:]:
        _write(word.add_paragraph(style="Subtitle"), " · ".join(document.sender[1:]))
    _write(word.add_paragraph(), "\n" + "\n".join(document.above))
    word.add_heading(legal(document.title), level=1)
    for block in document.blocks:
        _block(word, block)
    if document.closing:
        word.paragraphs[-1].paragraph_format.keep_with_next = True
        _write(word.add_paragraph(), "\n".join(document.closing)).paragraph_format.keep_together = True
    made = io.BytesIO()
    word.save(made)
    return _without_clock(made.getvalue())


def _set_up(word: Any, document: Document, paper: str) -> None:
    """Paper, margins, fonts, page numbers, and properties that hold no clock."""
    from docx.shared import Mm, Pt, RGBColor

    section = word.sections[0]
    section.page_width, section.page_height = (Mm(size) for size in PAPERS_MM[paper])
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(MARGIN_MM)
    sizes = {"Normal": TEXT_PT, "Title": 15, "Subtitle": 9.5, "Heading 1": 12, "Heading 2": 11, "List Bullet": TEXT_PT, "Caption": 9}
    for name, size in sizes.items():
        style = word.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = FONT, Pt(size), RGBColor(0x1B, 0x27, 0x33)
        style.font.italic, style.font.bold = False, name == "Title" or name.startswith("Heading")
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.attrib.clear()  # a theme's fonts would win otherwise
        fonts.attrib.update(_fonts())
        style.paragraph_format.space_after = Pt(0 if name in {"Title", "Subtitle"} else 6)
        style.paragraph_format.space_before = Pt(10 if name.startswith("Heading") else 0)
    _page_number(section.footer.paragraphs[0])
    properties = word.core_properties
    properties.title, properties.author, properties.comments = legal(document.title)[:255], legal(document.sender[0])[:255], ""
    properties.last_modified_by, properties.revision = "", 1
    properties.created = properties.modified = datetime(document.dated.year, document.dated.month, document.dated.day)


def _fonts() -> dict[str, str]:
    from docx.oxml.ns import qn

    return {qn(f"w:{which}"): FONT for which in ("ascii", "hAnsi", "cs", "eastAsia")}


def _page_number(paragraph: Any) -> None:
    """Page n, as a field that Word keeps up to date."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph.add_run("Page ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _block(word: Any, block: Block) -> None:
    makers: dict[type, Callable[[Any, Any], None]] = {Heading: _heading, Paragraph: _paragraph, Bullets: _bullets, Grid: _grid}
    makers[type(block)](word, block)


def _heading(word: Any, block: Heading) -> None:
    word.add_heading(legal(block.text), level=2)


def _paragraph(word: Any, block: Paragraph) -> None:
    _write(word.add_paragraph(style="Caption" if block.is_quiet else "Normal"), block.text)


def _bullets(word: Any, block: Bullets) -> None:
    for item in block.items:
        _write(word.add_paragraph(style="List Bullet"), item)


def _grid(word: Any, block: Grid) -> None:
    """A table whose head repeats on every page and whose rows are not cut."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    caption = word.add_paragraph(style="Caption")
    caption.paragraph_format.keep_with_next = True
    _write(caption, block.caption)
    table = word.add_table(rows=0, cols=len(block.heads), style="Table Grid")
    table.autofit = False
    widths = _widths(block, word.sections[0])
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    _lines(table)
    last = len(block.rows) - block.total_rows
    for at, cells in enumerate((block.heads, *block.rows)):
        row = table.add_row()
        whole = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(whole)
        if at == 0:
            head = OxmlElement("w:tblHeader")
            head.set(qn("w:val"), "true")
            row._tr.get_or_add_trPr().append(head)
        for place, (cell, text) in enumerate(zip(row.cells, cells, strict=True)):
            cell.width = widths[place]
            if at == 0:
                _shade(cell)
            _cell(cell, text, is_bold=at == 0 or at > last, is_number=place >= block.first_numbers)
    word.add_paragraph().paragraph_format.space_after = 0


def _lines(table: Any) -> None:
    """Thin grey lines between rows, none between columns."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        is_drawn = side in {"top", "bottom", "insideH"}
        for name, value in (("val", "single" if is_drawn else "nil"), ("sz", "4"), ("space", "0"), ("color", "A9B3BE")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)


def _shade(cell: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "EEF2F5")):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _widths(block: Grid, section: Any) -> list[int]:
    """The text's width shared out by the longest word or cell of each column, within bounds."""
    cells = list(zip(block.heads, *block.rows, strict=True))
    longest = [max(*(len(word) for word in column[0].split()), *(len(text) for text in column[1:]), LEAST) for column in cells]
    weights = [min(length, MOST) + 2 for length in longest]
    whole = section.page_width - section.left_margin - section.right_margin
    return [whole * weight // sum(weights) for weight in weights]


def _cell(cell: Any, text: str, is_bold: bool, is_number: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1.5)
    if is_number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = paragraph.add_run(legal(text))
    run.font.size, run.bold = Pt(CELL_PT), is_bold


def _write(paragraph: Any, text: str) -> Any:
    """The text, with blanks to fill in marked."""
    from docx.enum.text import WD_COLOR_INDEX

    for part in BLANK.split(legal(text)):
        run = paragraph.add_run(part) if part else None
        if run is not None and BLANK.fullmatch(part):
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
    return paragraph


def _without_clock(data: bytes) -> bytes:
    """The same archive with every member dated alike."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            info = zipfile.ZipInfo(member.filename, EARLIEST)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o640 << 16
            new.writestr(info, old.read(member.filename))
    return made.getvalue()
