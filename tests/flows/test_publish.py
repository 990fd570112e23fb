"""What is published is whole, described, sent once, and never changed; on a real S3 server, and in a folder."""

import json
import shutil
import threading
from pathlib import Path

import boto3
import polars as pl
import pytest

from flows.errors import ExitCode, FazhiError
from flows.publish import Published, publish
from flows.publish_target import FOR_EVER
from flows.release import make_release
from flows.writers.checksums import files_under
from tests.flows.published import Made, everything, from_folder, over_http
from tests.flows.s3_server import BUCKET, Gate, Store, read_json
from tests.flows.test_release import INPUTS


@pytest.fixture(params=["store", "folder"])
def place(request: pytest.FixtureRequest, tmp_path: Path, target: str) -> str:
    """Both kinds of target."""
    return target if request.param == "store" else str(tmp_path / "www")


def read_all(place: str, store: Store) -> str:
    return everything(over_http(store.address_of(place)) if place.startswith("s3:") else from_folder(Path(place)))


def test_a_release_is_published_whole_and_once(place: str, store: Store, made: Made) -> None:
    folder = made.one / "releases" / "v2026.03.02"
    n_files = len(files_under(folder))
    n_bytes = sum((folder / path).stat().st_size for path in files_under(folder))
    assert publish(made.one, place) == Published(place, "v2026.03.02", ("v2026.03.02",), n_files, n_bytes)
    assert read_all(place, store) == "v2026.03.02"
    assert publish(made.one, place) == Published(place, "v2026.03.02", (), 0, 0)
    assert publish(made.one, place, check=True) == Published(place, "v2026.03.02", (), 0, 0)


def test_a_further_release_sends_only_its_own_files(place: str, store: Store, made: Made) -> None:
    publish(made.one, place)
    done = publish(made.two, place)
    assert (done.versions, done.n_files) == (("v2026.03.03",), len(files_under(made.two / "releases" / "v2026.03.03")))
    assert read_all(place, store) == "v2026.03.03"


def test_nothing_but_what_leads_to_versions_is_written_twice(gate: Gate, target: str, tmp_path: Path, made: Made) -> None:
    publish(made.one, target)
    before = len(gate.passed)
    publish(made.one, target)
    assert {request.method for request in gate.passed[before:]} == {"GET"}
    publish(made.two, target)
    written = [request.path.partition(f"{tmp_path.name}/")[2] for request in gate.passed[before:]
               if request.method in ("PUT", "DELETE")]
    assert {path.partition("/")[0] for path in written} == \
        {"v2026.03.03", "latest", "latest.json", "index.json", "feed.xml"}


def test_the_order_lets_no_reader_see_half_a_release(gate: Gate, target: str, tmp_path: Path, made: Made) -> None:
    publish(made.new, target)
    written = [request.path.partition(f"{tmp_path.name}/")[2] for request in gate.passed if request.method == "PUT"]
    last_of_version = written.index("v2026.03.03/SHA256SUMS")
    assert all(path.startswith("v2026.03.03/") for path in written[:last_of_version])
    assert written[-4:] == ["latest/SHA256SUMS", "latest.json", "index.json", "feed.xml"]
    assert all(path.startswith("latest/") for path in written[last_of_version + 1: -3])


def test_files_say_what_they_are_and_how_long_to_keep_them(target: str, tmp_path: Path, made: Made) -> None:
    publish(made.one, target)
    client = boto3.client("s3")

    def told(path: str) -> tuple[str, str]:
        head = client.head_object(Bucket=BUCKET, Key=f"{tmp_path.name}/{path}")
        return head["ContentType"], head["CacheControl"]

    assert told("v2026.03.02/panel.csv") == ("text/csv; charset=utf-8", FOR_EVER)
    assert told("v2026.03.02/panel.parquet") == ("application/vnd.apache.parquet", FOR_EVER)
    assert told("v2026.03.02/SHA256SUMS") == ("text/plain; charset=utf-8", FOR_EVER)
    assert told("latest/panel.csv") == ("text/csv; charset=utf-8", "public, max-age=60")
    assert told("index.json") == ("application/json", "public, max-age=60")
    assert told("feed.xml")[0].startswith("application/atom+xml")


def test_readers_take_the_newest_release_over_http(target: str, store: Store, made: Made) -> None:
    publish(made.one, target)
    panel = pl.read_parquet(made.one / "releases" / "latest" / "panel.parquet")
    assert pl.read_parquet(f"{store.address_of(target)}/latest/panel.parquet").equals(panel)
    options = {"aws_endpoint_url": store.address, "aws_access_key_id": "any", "aws_secret_access_key": "any",
               "aws_allow_http": "true", "aws_region": "us-east-1"}
    assert pl.scan_parquet(f"{target}/latest/panel.parquet", storage_options=options).collect().equals(panel)
    rows = read_json(f"{store.address_of(target)}/index.json")["versions"][0]["rows"]
    assert rows["panel"] == panel.height


def test_a_version_with_other_content_is_refused(place: str, store: Store, made: Made) -> None:
    publish(made.one, place)
    with pytest.raises(FazhiError, match="v2026.03.02 was published with other content.*never changed") as refused:
        publish(made.other, place)
    assert refused.value.exit_code == 1
    assert read_all(place, store) == "v2026.03.02"
    assert publish(made.one, place, check=True).n_files == 0


def test_a_file_that_was_altered_at_the_target_is_named(place: str, tmp_path: Path, made: Made) -> None:
    publish(made.one, place)
    altered = (made.one / "releases" / "v2026.03.02" / "panel.csv").read_bytes().replace(b"2025", b"2024")
    if place.startswith("s3:"):
        boto3.client("s3").put_object(Bucket=BUCKET, Key=f"{tmp_path.name}/v2026.03.02/panel.csv", Body=altered)
    else:
        (Path(place) / "v2026.03.02" / "panel.csv").write_bytes(altered)
    with pytest.raises(FazhiError, match=r"v2026.03.02/panel.csv has other content.*never changed"):
        publish(made.one, place, check=True)


def test_a_file_that_is_damaged_here_is_not_sent(place: str, tmp_path: Path, made: Made) -> None:
    shutil.copytree(made.one, tmp_path, symlinks=True, dirs_exist_ok=True)
    (tmp_path / "releases" / "v2026.03.02" / "panel.csv").write_bytes(b"torn")
    with pytest.raises(FazhiError, match=r"v2026.03.02/panel.csv is missing or not what SHA256SUMS says"):
        publish(tmp_path, place)


def test_versions_of_another_machine_stay_in_the_index(place: str, store: Store, made: Made) -> None:
    publish(made.one, place)
    assert publish(made.new, place).latest == "v2026.03.03"
    assert read_all(place, store) == "v2026.03.03"
    assert publish(made.one, place).latest == "v2026.03.03"
    assert read_all(place, store) == "v2026.03.03"


def test_two_publishers_at_once_do_no_harm(target: str, store: Store, made: Made) -> None:
    failed: list[BaseException] = []

    def run(data: Path) -> None:
        try:
            publish(data, target)
        except BaseException as error:  # noqa: BLE001 - it is told below
            failed.append(error)

    threads = [threading.Thread(target=run, args=(data,)) for data in (made.one, made.two, made.newest, made.one)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert everything(over_http(store.address_of(target))) == "v2026.03.04"
    listed = [one["version"] for one in read_json(f"{store.address_of(target)}/index.json")["versions"]]
    assert listed == ["v2026.03.04", "v2026.03.03", "v2026.03.02"]


def test_a_second_publisher_to_a_folder_is_told_to_wait(tmp_path: Path, made: Made) -> None:
    from flows.publish_folder import FolderTarget

    with FolderTarget(tmp_path / "www"), pytest.raises(FazhiError, match="another run is publishing there"):
        publish(made.one, str(tmp_path / "www"))


@pytest.mark.parametrize("target", ["s3://", "s3://Bucket", "https://x.test/a", "s3://key:secret@published", "s3://published/a/../b",
                                    "s3://published?x=1"])
def test_a_target_that_makes_no_sense_is_refused_without_repeating_it(target: str, made: Made) -> None:
    with pytest.raises(FazhiError, match="is no place to publish to") as refused:
        publish(made.one, target)
    assert refused.value.exit_code == ExitCode.USAGE
    assert "secret" not in str(refused.value)


def test_without_a_release_or_keys_there_is_nothing_to_publish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: Made
) -> None:
    with pytest.raises(FazhiError, match="there is no release in .*make one with `fazhi release`"):
        publish(tmp_path, str(tmp_path / "www"))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(FazhiError, match="no keys for the store: set AWS_ACCESS_KEY_ID"):
        publish(made.one, f"s3://{BUCKET}")
    with pytest.raises(FazhiError, match="is where the releases are; serve it as it is"):
        publish(made.one, str(made.one / "releases"))


def test_the_folder_of_releases_is_a_publication_itself(made: Made) -> None:
    assert everything(from_folder(made.two / "releases")) == "v2026.03.03"
    index = json.loads((made.two / "releases" / "index.json").read_bytes())
    assert [one["version"] for one in index["versions"]] == ["v2026.03.03", "v2026.03.02"]
    assert index["versions"][0]["previous"] == "v2026.03.02"
    assert (index["versions"][0]["rows"]["reports"], index["versions"][1]["rows"]["reports"]) == (2, 1)


def test_index_and_feed_come_from_the_versions_alone(tmp_path: Path, made: Made) -> None:
    shutil.copytree(made.one, tmp_path, symlinks=True, dirs_exist_ok=True)
    folder = tmp_path / "releases"
    before = {name: (folder / name).read_bytes() for name in ("index.json", "latest.json", "feed.xml")}
    for name in before:
        (folder / name).unlink()
    make_release(tmp_path, INPUTS)
    assert {name: (folder / name).read_bytes() for name in before} == before
