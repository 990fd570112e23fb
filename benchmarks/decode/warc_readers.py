"""Compare fastwarc and warcio at reading 2,000 pages, and at telling that a file is damaged.

In: nothing; the file is made here. Out: a table.

>>> python benchmarks/decode/warc_readers.py
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from flows.warc_store import SegmentWriter, read_snapshots

N_PAGES = 2_000
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html"


def _fastwarc(path: Path) -> Iterator[int]:
    for record in FastIterator(str(path)):
        yield len(record.reader.read())


def _warcio(path: Path) -> Iterator[int]:
    with path.open("rb") as file:
        for record in WarcioIterator(file):
            yield len(record.content_stream().read())


def _ours(path: Path) -> Iterator[int]:
    for snapshot in read_snapshots(path):
        yield len(snapshot.payload)


READERS: dict[str, Callable[[Path], Iterator[int]]] = {
    "fastwarc": _fastwarc, "warcio": _warcio, "ours (fastwarc, payloads decoded and digested)": _ours,
}


def main() -> None:
    """Print a line for each reader: seconds, and what it says of a torn file and of one with flipped bytes."""
    page = "".join(f"<p>第{number}项:全年办理案件{number * 7}件。</p>" for number in range(400)).encode()
    with tempfile.TemporaryDirectory() as folder:
        with SegmentWriter(Path(folder), "pages") as writer:
            for number in range(N_PAGES):
                writer.response(f"https://example.gov.cn/{number}", datetime(2024, 1, 1, tzinfo=UTC),
                                response_head=HEAD, body=page + str(number).encode())
        path = Path(folder, "raw", "pages.warc.gz")
        content = path.read_bytes()
        torn, flipped = path.with_name("torn.warc.gz"), path.with_name("flipped.warc.gz")
        torn.write_bytes(content[: len(content) // 2])
        middle = len(content) // 2
        flipped.write_bytes(content[:middle] + bytes(8) + content[middle + 8:])
        print(f"{'reader':48} seconds  torn file             flipped bytes")
        for name, read in READERS.items():
            start = time.perf_counter()
            sum(read(path))
            seconds = time.perf_counter() - start
            print(f"{name:48} {seconds:7.2f}  {_told(read, torn):20}  {_told(read, flipped)}")


def _told(read: Callable[[Path], Iterator[int]], path: Path) -> str:
    try:
        return f"silent, {sum(1 for _ in read(path))} records"
    except Exception as error:  # noqa: BLE001 - which error it is, is what is asked
        return f"raises {type(error).__name__}"


if __name__ == "__main__":
    main()
