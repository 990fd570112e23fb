"""The files of a segment's tables: written aside, put into place together, known by what they were made from.

In: frames. Out: `data/tables/<table>/<segment>.parquet`, and their digests in `data/tables/sha256/<segment>`.
`reports` goes first and comes last, so that a segment whose files were being replaced when a run was killed counts as
not whole. One run at a time writes. Parquet as polars writes it has no checksums: a flipped byte would read as another
value, so the digests are looked at before a segment counts as built, and before it is released.

>>> is_current(Path("data"), "import-0123456789abcdef", ["reports"], {"transform_version": "1.0.0+0123456789abcdef"})
True
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import polars as pl

from flows.errors import FazhiError
from flows.locks import held
from flows.whole_files import part_of, replacing, sync
from flows.writers.checksums import sha256_of

MARKER = "reports"
DIGESTS = "sha256"


def table_file(data_dir: Path, table: str, segment: str) -> Path:
    """Return where the rows of a table that come from a segment are."""
    return data_dir / "tables" / table / f"{segment}.parquet"


def metadata_of(data_dir: Path, segment: str, table: str) -> Mapping[str, str]:
    """Return what a table's file says of itself; nothing if it is missing or damaged."""
    try:
        return pl.read_parquet_metadata(table_file(data_dir, table, segment))
    except (OSError, pl.exceptions.PolarsError):
        return {}


def is_current(data_dir: Path, segment: str, tables: Collection[str], wanted: Mapping[str, str]) -> bool:
    """Tell whether all tables of a segment are there, unharmed, and were made from what is wanted."""
    made = all(wanted.items() <= metadata_of(data_dir, segment, table).items() for table in tables)
    return made and digests_file(data_dir, segment).exists() and not damaged_tables(data_dir, segment)


def digests_file(data_dir: Path, segment: str) -> Path:
    """Return where the digests of a segment's tables are, one a line, as `sha256sum` writes them."""
    return data_dir / "tables" / DIGESTS / segment


def damaged_tables(data_dir: Path, segment: str) -> list[Path]:
    """Return the files of a segment that are not as they were written, as far as there are digests of them."""
    try:
        lines = digests_file(data_dir, segment).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    told = (line.partition("  ") for line in lines)
    digests = {table_file(data_dir, name, segment): digest for digest, _, name in told}
    return [file for file, digest in digests.items() if not file.exists() or sha256_of(file) != digest]


def write_tables(data_dir: Path, segment: str, tables: Mapping[str, pl.DataFrame], metadata: Mapping[str, str]) -> None:
    """Write all tables of a segment and put them into place."""
    parts: dict[str, Path] = {}
    try:
        for table, frame in sorted(tables.items()):
            write = partial(frame.write_parquet, compression="zstd", metadata=dict(metadata))
            parts[table] = _write_part(table_file(data_dir, table, segment), write)
        digests = "".join(f"{sha256_of(parts[table])}  {table}\n" for table in sorted(parts)).encode()
        parts[DIGESTS] = _write_part(digests_file(data_dir, segment), lambda part: part.write_bytes(digests))
        table_file(data_dir, MARKER, segment).unlink(missing_ok=True)
        for table in sorted(parts, key=lambda name: name == MARKER):
            target = digests_file(data_dir, segment) if table == DIGESTS else table_file(data_dir, table, segment)
            parts[table].replace(target)
            sync(target.parent)
    except (OSError, pl.exceptions.PolarsError) as error:
        for part in (data_dir / "tables").glob(f"*/.{segment}*.part"):
            part.unlink()
        why = f"{data_dir / 'tables'}: the tables of {segment} cannot be written ({error}); check space and rights"
        raise FazhiError(why) from None


def write_table_file(path: Path, frame: pl.DataFrame, metadata: Mapping[str, str] | None = None) -> None:
    """Write a file of a table that belongs to no set, and put it into place."""
    try:
        with replacing(path) as part:
            frame.write_parquet(part, compression="zstd", metadata=dict(metadata or {}))
    except (OSError, pl.exceptions.PolarsError) as error:
        raise FazhiError(f"{path}: cannot be written ({error}); check space and rights") from None


@contextmanager
def only_writer(data_dir: Path) -> Iterator[None]:
    """Keep other runs from writing tables, and remove what a killed one left unfinished."""
    folder = data_dir / "tables"
    with held(folder / ".lock", FazhiError(f"{folder}: another run is building; wait for its end")):
        for part in folder.glob("*/.*.part"):
            part.unlink()
        yield


def remove_tables_but(data_dir: Path, segments: Collection[str]) -> None:
    """Remove the tables of segments that are no longer in the store."""
    for file in (data_dir / "tables").glob("*/*.parquet"):
        if file.stem not in segments and "segment_digest" in metadata_of(data_dir, file.stem, file.parent.name):
            file.unlink()
            digests_file(data_dir, file.stem).unlink(missing_ok=True)


def _write_part(target: Path, write: Callable[[Path], object]) -> Path:
    """Write a file beside its place, through to the disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = part_of(target)
    write(part)
    sync(part)
    return part
