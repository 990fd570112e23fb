"""Choose from a WARC of elsewhere the records that are reports.

In: a WARC file and a choice. Out: snapshots to keep, and refusals for those that were chosen but are not whole.
The choice by default: the address is among the curated sources, or the text names itself such a report. Text is
looked at only where its bytes hold a word that such a title has, so a crawl of millions of pages is read quickly.

>>> [snapshot.url for snapshot in chosen_snapshots(Path("CC-MAIN-1.warc.gz"), default_chooser())]
['https://example.gov.cn/a.html']
"""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from flows.decode_pool import decode_apart
from flows.documents import source_ids
from flows.import_files import Refusal
from flows.seeds import read_seed
from flows.urls import canonical_url
from flows.warc_store import Snapshot, read_snapshots
from transforms.decode.media import kind_of
from transforms.report_words import ReportWords

Chooser = Callable[[Snapshot], bool]
_NAMES = (".warc", ".warc.gz")
_READ = ("html", "text", "pdf", "docx")


def is_warc(file: Path) -> bool:
    """Tell by its name, or by its first bytes, whether a file is a WARC."""
    if file.name.lower().endswith(_NAMES):
        return True
    with file.open("rb") as content:
        return content.read(5) == b"WARC/"


def chosen_snapshots(file: Path, choose: Chooser) -> Iterator[Snapshot | Refusal]:
    """Yield the chosen snapshots of a file; raise DamagedSegment after the whole ones if it is torn."""
    held: set[str] = set()
    for snapshot in read_snapshots(file):
        if snapshot.kind == "revisit":
            if canonical_url(snapshot.url) in source_ids() and (snapshot.refers_to_url or snapshot.url) not in held:
                why = f"{file.name}: {snapshot.url} has no page here, only that it is unchanged; import an earlier WARC"
                yield Refusal(snapshot.url, "revisit", why)
        elif snapshot.http_status in (None, 200, 203) and snapshot.payload and choose(snapshot):
            held.add(snapshot.url)
            yield _truncation(file, snapshot) or snapshot


def _truncation(file: Path, snapshot: Snapshot) -> Refusal | None:
    if snapshot.truncated is None:
        return None
    why = f"{file.name}: {snapshot.url} was cut short ({snapshot.truncated}); fetch the page again"
    return Refusal(snapshot.url, "truncated", why, len(snapshot.payload), snapshot.payload_digest)


@cache
def default_chooser() -> Chooser:
    """Return the choice by the curated sources and by the words of titles."""
    sources = source_ids()
    words = ReportWords.from_rows(read_seed("header_words").iter_rows(named=True))

    def choose(snapshot: Snapshot) -> bool:
        if canonical_url(snapshot.url) in sources:
            return True
        kind = kind_of(snapshot.payload, snapshot.media_type, snapshot.url)
        if kind not in _READ or (kind in ("html", "text") and not words.may_be_in(snapshot.payload)):
            return False
        (decoded,) = decode_apart([(snapshot.payload, snapshot.media_type, snapshot.url)])
        return decoded.text is not None and words.name_a_report(decoded.title, decoded.text)

    return choose
