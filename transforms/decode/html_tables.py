"""Tables of a page as lines of its text.

In: a parsed page, changed in place. Out: nothing; each table of data has become one block whose lines are its rows,
with `CELL_MARK` between cells (a tab could also be white space of the page). Tables that only lay out the page (they
hold tables, long paragraphs or a single cell a row) stay, and their cells are read as blocks.
"""

from resiliparse.parse.html import ElementNode, HTMLTree

from transforms.decode.grid import Cell, as_lines

CELL_MARK = "\ue5e5"
_LONGEST_CELL = 600


def write_tables_as_lines(tree: HTMLTree, body: ElementNode) -> None:
    """Replace each table of data by its rows."""
    for table in body.get_elements_by_tag_name("table")[:]:
        if table.query_selector("table") is not None or table.getattr("role") == "presentation":
            continue
        rows = _rows(tree, table)
        if not _is_data(rows):
            continue
        block, around = tree.create_element("pre"), tree.create_element("div")
        if block is not None and around is not None:
            block.text = "\n".join(as_lines(rows)).replace("\t", CELL_MARK)
            around.append_child(block)
            table.replace_with(around)


def _rows(tree: HTMLTree, table: ElementNode) -> list[list[Cell]]:
    return [
        [_cell(tree, cell) for cell in row.children[:] if cell.tag in ("td", "th")]
        for row in table.get_elements_by_tag_name("tr")[:]
    ]


def _cell(tree: HTMLTree, cell: ElementNode) -> Cell:
    return Cell(_text(tree, cell), _span(cell, "colspan"), _span(cell, "rowspan"))


def _text(tree: HTMLTree, cell: ElementNode) -> str:
    """Return a cell's text with a line break where a block or a <br> breaks it."""
    for element in cell.query_selector_all("br, p, div, li")[:]:
        for place in (element.before, element.after):
            line_break = tree.create_text_node("\n")
            if line_break is not None:
                place(line_break)
    return cell.text or ""


def _span(cell: ElementNode, name: str) -> int:
    number = (cell.getattr(name) or "").strip()
    return max(1, min(int(number), 1000)) if number.isdecimal() and len(number) < 5 else 1


def _is_data(rows: list[list[Cell]]) -> bool:
    """Tell a table of data from one that lays out the page."""
    if len(rows) < 2 or max(len(row) for row in rows) < 2:
        return False
    return all(len(cell.text) <= _LONGEST_CELL for row in rows for cell in row)
