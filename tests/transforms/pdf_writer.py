"""A writer of small PDFs with Chinese text, so that tests say exactly where each line stands."""

from collections.abc import Sequence

FONT = (b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [ << /Type "
        b"/Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) "
        b"/Supplement 2 >> /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 "
        b"-254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> /DW 1000 >> ] >>")
Placed = tuple[float, float, str]


def pdf(pages: Sequence[Sequence[Placed]], size: int = 16) -> bytes:
    """Return a PDF whose pages hold the texts, each at its (x, y)."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", FONT]
    kids = []
    for page in pages:
        stream = b"\n".join(
            f"BT /F1 {size} Tf {x} {y} Td <{text.encode('utf-16-be').hex()}> Tj ET".encode() for x, y, text in page)
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects) + 2} 0 R "
                       "/Resources << /Font << /F1 3 0 R >> >> >>".encode())
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    content, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return content + (b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
                      % (len(objects) + 1, table, len(objects) + 1, len(content)))


def set_lines(text: Sequence[str], width: int = 28, size: int = 16, top: float = 780) -> list[Placed]:
    """Set paragraphs as a printer does: two characters of indent, lines of `width` full-width characters."""
    placed: list[Placed] = []
    y = top
    for paragraph in text:
        rest, first = paragraph, True
        while rest:
            n = width - 2 if first else width
            placed.append((72 + (2 * size if first else 0), y, rest[:n]))
            rest, first, y = rest[n:], False, y - 1.5 * size
    return placed
