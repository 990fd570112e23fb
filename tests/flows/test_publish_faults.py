"""Whatever the store, the network or the disk does, a reader sees a whole release, and the next run ends well."""

import logging
import random
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows.catalogue import read_entries
from flows.errors import FazhiError
from flows.publish import publish, publish_to
from flows.publish_s3 import S3Target
from flows.writers.checksums import files_under
from tests.flows.conftest import SECRET
from tests.flows.killing import Runner
from tests.flows.published import Made, everything, from_folder, over_http, whole_release
from tests.flows.s3_server import (
    BUCKET,
    Answer,
    Fault,
    Gate,
    Request,
    Store,
    after_uploads,
    corrupting,
    denied,
    lying,
    none,
    refusal,
    slow,
    without_conditions,
)
from tests.flows.test_killed import KILLS, SEED
from tests.flows.test_pipeline import fazhi
from tests.flows.test_release_faults import small_file_system

KILLED = max(3, KILLS // 4)


@pytest.fixture
def after_one(gate: Gate, target: str, made: Made) -> str:
    """A target where the first release is published."""
    publish(made.one, target)
    gate.passed.clear()
    return target


def read(store: Store, target: str) -> str:
    return whole_release(over_http(store.address_of(target)))


@pytest.mark.parametrize("fault", [corrupting("panel.csv"), lying("panel.csv")], ids=["corrupts", "corrupts and lies"])
def test_a_wrong_digest_names_the_object_and_is_mended_by_the_next_run(
    gate: Gate, store: Store, after_one: str, made: Made, fault: Fault
) -> None:
    gate.fault = fault
    with pytest.raises(FazhiError, match=r"/v2026.03.03/panel.csv was not stored as it was sent: its digest is not [0-9a-f]{64}"):
        publish(made.two, after_one)
    assert read(store, after_one) == "v2026.03.02"
    gate.fault, before = none, len(gate.uploads)
    done = publish(made.two, after_one)
    assert "panel.csv" in " ".join(gate.uploads[before:])
    assert done.n_files == len(gate.uploads) - before < len(files_under(made.two / "releases" / "v2026.03.03"))
    assert everything(over_http(store.address_of(after_one))) == "v2026.03.03"


def test_a_store_that_breaks_the_last_file_lists_nothing(gate: Gate, store: Store, after_one: str, made: Made) -> None:
    gate.fault = corrupting("SHA256SUMS")
    with pytest.raises(FazhiError, match="v2026.03.03/SHA256SUMS was not stored as it was sent"):
        publish(made.two, after_one)
    assert read(store, after_one) == "v2026.03.02"
    gate.fault = none
    assert publish(made.two, after_one).n_files == 1
    assert everything(over_http(store.address_of(after_one))) == "v2026.03.03"


def test_a_store_that_goes_away_in_the_middle_is_gone_on_with(
    tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(tmp_path) as store, Gate(store) as gate:
        for name, value in (("ACCESS_KEY_ID", "id"), ("SECRET_ACCESS_KEY", SECRET), ("ENDPOINT_URL", gate.address)):
            monkeypatch.setenv(f"AWS_{name}", value)
        target = f"s3://{BUCKET}/fazhi"
        publish(made.one, target)
        gate.fault, before = after_uploads(8, store.kill), len(gate.uploads)
        with pytest.raises(FazhiError, match=r"/v2026.03.03/.*the store cannot be reached, or broke off.*publish again to go on"):
            publish_soon(made.two, target)
        gate.fault = none
        gate.start_store_again()
        assert read(store, target) == "v2026.03.02"
        sent = set(gate.uploads[before:])
        done = publish(made.two, target)
        n_files = len(files_under(made.two / "releases" / "v2026.03.03"))
        assert n_files - len(sent) <= done.n_files <= n_files - 8
        assert everything(over_http(store.address_of(target))) == "v2026.03.03"


def publish_soon(data: Path, target: str) -> None:
    """Publish with little patience."""
    root = data / "releases"
    bucket, _, prefix = target.removeprefix("s3://").partition("/")
    with S3Target(bucket, prefix, read_seconds=1, attempts=2) as impatient:
        publish_to(impatient, root, read_entries(root))


def test_answers_that_come_too_late_end_it_after_bounded_tries(gate: Gate, store: Store, after_one: str, made: Made) -> None:
    gate.fault = slow(3)
    with pytest.raises(FazhiError, match=r"cannot be reached, or broke off \(ReadTimeoutError\)"):
        publish_soon(made.two, after_one)
    tried = [path for path in gate.uploads if path.endswith("/README.md")]
    assert 0 < len(tried) <= 2
    assert read(store, after_one) == "v2026.03.02"


def test_a_store_that_stumbles_once_is_asked_again(gate: Gate, store: Store, after_one: str, made: Made) -> None:
    stumbled = threading.Event()

    def stumbling(request: Request, ask_store: Callable[[Request], Answer]) -> Answer:
        if request.is_upload and not stumbled.is_set():
            stumbled.set()
            return refusal(503, "SlowDown")
        return ask_store(request)

    gate.fault = stumbling
    assert publish(made.two, after_one).latest == "v2026.03.03"
    assert stumbled.is_set()
    assert everything(over_http(store.address_of(after_one))) == "v2026.03.03"


def test_denied_access_and_a_missing_bucket_are_said_in_a_line_without_keys(
    gate: Gate, target: str, made: Made, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    gate.fault = denied
    with pytest.raises(FazhiError, match=r"the store denies access \(AccessDenied\); check the keys in the environment") as refused:
        publish(made.one, target)
    with pytest.raises(FazhiError, match="there is no bucket not-there; make it, or give another"):
        publish(made.one, "s3://not-there/fazhi")
    assert SECRET not in str(refused.value) + caplog.text


def test_a_store_without_conditional_writes_is_published_to(gate: Gate, store: Store, target: str, made: Made) -> None:
    gate.fault = without_conditions
    publish(made.one, target)
    assert publish(made.two, target).latest == "v2026.03.03"
    assert everything(over_http(store.address_of(target))) == "v2026.03.03"


def test_a_reader_sees_a_whole_release_at_every_moment_of_publishing(gate: Gate, store: Store, after_one: str, made: Made) -> None:
    seen: set[str] = set()
    turn = threading.Lock()

    def looking(request: Request, ask_store: Callable[[Request], Answer]) -> Answer:
        answer = ask_store(request)
        if request.method == "PUT" and len(gate.passed) % 5 == 0:
            with turn:
                seen.add(read(store, after_one))
        return answer

    gate.fault = looking
    publish(made.two, after_one)
    assert seen <= {"v2026.03.02", "v2026.03.03"}
    assert "v2026.03.02" in seen


def test_a_full_disk_says_so_and_what_was_published_stays(tmp_path: Path, made: Made) -> None:
    size = sum(path.stat().st_size for path in (made.one / "releases" / "v2026.03.02").rglob("*"))
    with small_file_system(tmp_path / "small", f"size={size * 3 // 2}") as www:
        publish(made.one, str(www))
        with pytest.raises(FazhiError, match=r"small/v2026.03.03/.*No space left on device.*make room, then publish again"):
            publish(made.two, str(www))
        assert everything(from_folder(www)) == "v2026.03.02"
        assert not list(www.rglob(".*.part"))


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path, made: Made) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FazhiError, match="file.*: cannot be written .*check its rights"):
        publish(made.one, str(tmp_path / "file" / "www"))


def test_the_keys_are_told_nobody(target: str, tmp_path: Path, made: Made) -> None:
    shutil.copytree(made.one, tmp_path, symlinks=True, dirs_exist_ok=True)
    ran = fazhi(tmp_path, "publish", target)
    assert f"latest in {target} is v2026.03.02" in ran.stdout, ran.stderr
    assert SECRET not in ran.stdout + ran.stderr
    assert [path for path in tmp_path.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()] == []


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as warm:
        yield warm


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["store", "folder"])
def test_killed_at_any_moment_of_publishing(
    kind: str, runner: Runner, store: Store, target: str, gate: Gate, tmp_path: Path, made: Made
) -> None:
    """Each round publishes to a place of its own, where the first release is; `make kill` kills many times."""
    chance, usual = random.Random(SEED), 0.0
    for number in range(KILLED):
        place = f"{target}-{number}" if kind == "store" else str(tmp_path / f"www{number}")
        data = tmp_path / f"data{number}"
        shutil.copytree(made.two, data, symlinks=True)
        (data / "target").write_text(f"{place}\n{gate.address}", encoding="utf-8")
        publish(made.one, place)
        if not usual:
            usual = runner.run("publish", data).seconds
            continue
        killed = runner.run("publish", data, seconds=chance.uniform(0, usual))
        assert killed.code in (0, -signal.SIGKILL), killed.told
        reader = over_http(store.address_of(place)) if kind == "store" else from_folder(Path(place))
        assert whole_release(reader) in {"v2026.03.02", "v2026.03.03"}
        ended = runner.run("publish", data)
        assert ended.code == 0, ended.told
        assert everything(reader) == "v2026.03.03"
        assert kind == "store" or not list(Path(place).rglob(".*.part"))
