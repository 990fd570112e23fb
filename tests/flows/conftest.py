"""A store to publish to and releases to publish, for the tests that need them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.ports import held_port
from tests.flows.published import Made
from tests.flows.s3_server import BUCKET, Gate, Store

SECRET = "kept/out/of/everything/but/the/environment"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Folders with releases, to be read only."""
    made = Made(tmp_path_factory.mktemp("made"))
    made.make()
    return made


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A running store with a bucket that all may read."""
    with Store(tmp_path_factory.mktemp("store")) as running:
        yield running


@pytest.fixture
def port() -> Iterator[int]:
    """A port for a server that is started in a process of its own."""
    with held_port() as held:
        yield held


@pytest.fixture
def gate(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """The way to the store, with keys in the environment."""
    with Gate(store) as gate:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "an-id-for-tests")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        monkeypatch.setenv("AWS_ENDPOINT_URL", gate.address)
        yield gate


@pytest.fixture
def target(gate: Gate, tmp_path: Path) -> str:  # noqa: ARG001 - the way to it must be open
    """A prefix of its own in the bucket."""
    return f"s3://{BUCKET}/{tmp_path.name}"
