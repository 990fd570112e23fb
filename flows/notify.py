"""Tell a webhook how a run ended: of every run that ended ill, and of the first that ends well again.

In: `FAZHI_WEBHOOK` (https, or http to this machine), `FAZHI_WEBHOOK_FORMAT` (`json`, `dingtalk`, `feishu`), and how a
run ended. Out: one POST a run; `data/notified.json` says what the receiver heard last. That a receiver is down, slow or
says no is logged and fails nothing.

>>> notify(Path("data"), Ending("held", "held back against v2026.11.23: ids_kept is 0.8", "a-run-s-id"))
True
"""

import asyncio
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import stamina

from flows.errors import ExitCode, FazhiError, in_one_line
from flows.redaction import without_secrets
from flows.release_store import read_status
from flows.whole_files import replacing

WEBHOOK, FORMAT = "FAZHI_WEBHOOK", "FAZHI_WEBHOOK_FORMAT"
IN_WORDS = {
    "failed": "the run failed", "critical": "a critical expectation stopped the release",
    "held": "a guard held the release back", "nothing_fetched": "nothing could be fetched",
    "crashed": "the run was killed or crashed", "cancelled": "the run was cancelled",
    "recovered": "runs end well again",
}
SUCCEEDED, RECOVERED = "succeeded", "recovered"
ATTEMPTS, SECONDS_AN_ATTEMPT = 3, 5.0
LONGEST_WHY = 1_500
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Ending:
    """How a run ended: a key of `IN_WORDS` or `succeeded`, why, which run, and where a person can look at it."""

    event: str
    why: str
    run_id: str
    link: str | None = None


class Unheard(Exception):
    """The receiver did not take a message; trying again may help."""


def notify(data_dir: Path, ending: Ending, environment: Mapping[str, str] = os.environ) -> bool:
    """Tell the webhook of a run's end, if there is one and there is something to tell; return whether it was heard.

    Raises FazhiError, which names no part of the address, where the message could not be delivered.
    """
    receiver = webhook(environment)
    heard = _read_heard(data_dir)
    if receiver is None or heard.get("run_id") == ending.run_id:
        return False
    if ending.event == SUCCEEDED:
        if heard.get("event", RECOVERED) == RECOVERED:
            return False
        ending = Ending(RECOVERED, ending.why, ending.run_id, ending.link)
    message = message_of(data_dir, ending)
    try:
        asyncio.run(_post(receiver, FORMATS[environment.get(FORMAT) or "json"](message)))
    except (Unheard, httpx.HTTPError, TimeoutError) as error:
        why = str(error) if isinstance(error, Unheard) else type(error).__name__
        raise FazhiError(f"{WEBHOOK}: the receiver could not be told that {IN_WORDS[ending.event]} ({why}); "
                         "look whether it is up") from None
    _write_heard(data_dir, ending)
    return True


def webhook(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the receiver's address, if one is set; raise FazhiError where it or the format is of no use."""
    address = environment.get(WEBHOOK, "").strip()
    if not address:
        return None
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if not (url.host and (url.scheme == "https" or (url.scheme == "http" and url.host in _LOOPBACK))):
        raise FazhiError(f"{WEBHOOK}: give an address with https://, or http:// on this machine", ExitCode.USAGE)
    if (environment.get(FORMAT) or "json") not in FORMATS:
        raise FazhiError(f"{FORMAT}: give one of {', '.join(FORMATS)}", ExitCode.USAGE)
    return address


def message_of(data_dir: Path, ending: Ending) -> dict[str, Any]:
    """Return the message: plain values under names that do not change; `text` alone says all of it."""
    why = without_secrets(" ".join(ending.why.split()))[:LONGEST_WHY]
    latest = data_dir / "releases" / "latest"
    return {
        "text": f"fazhi: {IN_WORDS[ending.event]}: {why}" + (f" {ending.link}" if ending.link else ""),
        "event": ending.event,
        "why": why,
        "run_id": ending.run_id,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "latest": latest.resolve().name if latest.exists() else None,
        "succeeded_at": read_status(data_dir / "releases").get("succeeded_at"),
        "link": ending.link,
    }


def _as_dingtalk(message: dict[str, Any]) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": message["text"]}}


def _as_feishu(message: dict[str, Any]) -> dict[str, Any]:
    return {"msg_type": "text", "content": {"text": message["text"]}}


FORMATS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "json": dict, "dingtalk": _as_dingtalk, "wecom": _as_dingtalk, "feishu": _as_feishu,
}


async def _post(address: str, message: dict[str, Any]) -> None:
    """Deliver a message, in three attempts of five seconds each at most."""
    async for attempt in stamina.retry_context(
        on=(Unheard, httpx.TransportError, TimeoutError), attempts=ATTEMPTS, wait_initial=0.5, wait_max=2.0
    ):
        with attempt:
            async with asyncio.timeout(SECONDS_AN_ATTEMPT), httpx.AsyncClient() as client:
                answer = await client.post(address, json=message)
            if answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                raise Unheard(f"it answers {answer.status_code}")
    if not answer.is_success:
        raise Unheard(f"it answers {answer.status_code}")
    if code := _refusal(answer):
        raise Unheard(f"it refuses with code {code}")


def _refusal(answer: httpx.Response) -> Any:
    """Return the error code of receivers that say no in the body of an answer with status 200."""
    try:
        told = answer.json()
    except ValueError:
        return None
    return (told.get("errcode") or told.get("code")) if isinstance(told, dict) else None


def _read_heard(data_dir: Path) -> dict[str, Any]:
    try:
        heard = json.loads((data_dir / "notified.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return heard if isinstance(heard, dict) else {}


def _write_heard(data_dir: Path, ending: Ending) -> None:
    path = data_dir / "notified.json"
    with in_one_line(f"{path}: cannot be written; check space and rights"), replacing(path) as part:
        part.write_text(json.dumps({"event": ending.event, "run_id": ending.run_id}) + "\n", encoding="utf-8")
