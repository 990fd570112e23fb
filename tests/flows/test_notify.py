"""The webhook is told once of each run that ends ill, and of the first that ends well again; nothing else of it counts.

In: endings, and a real receiver on loopback. Out: what it heard.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import notify as module
from flows.errors import FazhiError
from flows.notify import Ending, notify, webhook
from flows.redaction import without_secrets
from tests.flows.receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def tell(data: Path, receiver: Receiver, event: str, run: str, why: str = "why", **more: str) -> bool:
    return notify(data, Ending(event, why, run), {"FAZHI_WEBHOOK": receiver.address} | more)


def test_a_run_that_ends_ill_is_told_once(tmp_path: Path, receiver: Receiver) -> None:
    assert tell(tmp_path, receiver, "held", "run-1", "held back against v2026.11.23:\n ids_kept is 0.8")
    assert not tell(tmp_path, receiver, "held", "run-1")
    assert tell(tmp_path, receiver, "failed", "run-2")
    assert receiver.events == ["held", "failed"]
    message = receiver.heard[0]
    assert message["text"] == ("fazhi: a guard held the release back: held back against v2026.11.23: "
                               "ids_kept is 0.8")
    assert set(message) == {"text", "event", "why", "run_id", "at", "latest", "succeeded_at", "link"}


def test_runs_that_end_well_are_told_only_after_one_that_did_not(tmp_path: Path, receiver: Receiver) -> None:
    for run, event in enumerate(["succeeded", "succeeded", "critical", "failed", "succeeded", "succeeded"]):
        tell(tmp_path, receiver, event, f"run-{run}")
    assert receiver.events == ["critical", "failed", "recovered"]


def test_what_a_receiver_did_not_hear_needs_no_recovery(tmp_path: Path, receiver: Receiver) -> None:
    receiver.answers = [404]
    with pytest.raises(FazhiError, match="404"):
        tell(tmp_path, receiver, "failed", "run-1")
    assert not tell(tmp_path, receiver, "succeeded", "run-2")
    assert tell(tmp_path, receiver, "failed", "run-3")
    receiver.answers = [404]
    with pytest.raises(FazhiError):
        tell(tmp_path, receiver, "succeeded", "run-4")
    assert tell(tmp_path, receiver, "succeeded", "run-5")
    assert receiver.events == ["failed", "recovered"]


def test_a_receiver_that_stumbles_is_tried_again(tmp_path: Path, receiver: Receiver) -> None:
    receiver.answers = [503, 429]
    assert tell(tmp_path, receiver, "crashed", "run-1")
    assert receiver.events == ["crashed"]


@pytest.mark.parametrize("fault", ["down", "slow"])
def test_a_receiver_that_is_down_or_slow_is_given_up(
    tmp_path: Path, receiver: Receiver, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS_AN_ATTEMPT", 0.2)
    address, receiver.seconds = receiver.address, 30.0
    if fault == "down":
        address = "http://127.0.0.1:9/hook/4711"
    begun = time.monotonic()
    with pytest.raises(FazhiError) as told:
        notify(tmp_path, Ending("failed", "why", "run-1"), {"FAZHI_WEBHOOK": address})
    assert time.monotonic() - begun < 25
    assert "4711" not in str(told.value)


def test_a_refusal_in_the_body_of_an_answer_is_one(tmp_path: Path, receiver: Receiver) -> None:
    receiver.body = json.dumps({"errcode": 310000, "errmsg": "keywords not in content"}).encode()
    with pytest.raises(FazhiError, match="310000"):
        tell(tmp_path, receiver, "failed", "run-1")


def test_receivers_of_their_own_format_get_it(tmp_path: Path, receiver: Receiver) -> None:
    for name in ("dingtalk", "wecom", "feishu"):
        tell(tmp_path / name, receiver, "failed", "run-1", FAZHI_WEBHOOK_FORMAT=name)
    text = "fazhi: the run failed: why"
    assert receiver.heard[0] == receiver.heard[1] == {"msgtype": "text", "text": {"content": text}}
    assert receiver.heard[2] == {"msg_type": "text", "content": {"text": text}}


def test_no_secret_is_told(tmp_path: Path, receiver: Receiver) -> None:
    why = "s3://key:word@store/ said no to wJalrXUtnFEMI; see https://example.org/?a=1&access_token=abc#x"
    tell(tmp_path, receiver, "failed", "run-1", without_secrets(why, {"AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI"}))
    assert receiver.heard[0]["why"] == "s3://***@store/ said no to ***; see https://example.org/?a=1&access_token=***#x"


@pytest.mark.parametrize("address", ["http://example.org/hook", "ftp://127.0.0.1/", "hook", "https://", "http://[::1"])
def test_an_address_that_is_not_safe_is_refused(address: str) -> None:
    with pytest.raises(FazhiError, match="https://"):
        webhook({"FAZHI_WEBHOOK": address})


@pytest.mark.parametrize("address", ["https://example.org/hook", "http://localhost:80/", "http://[::1]:9000/a"])
def test_an_address_that_is_safe_is_taken(address: str) -> None:
    assert webhook({"FAZHI_WEBHOOK": f" {address} "}) == address


def test_without_an_address_nothing_is_told(tmp_path: Path) -> None:
    assert not notify(tmp_path, Ending("failed", "why", "run-1"), {})
    assert not (tmp_path / "notified.json").exists()
