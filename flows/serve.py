"""Serve the flow on a schedule: a Prefect server of its own beside it, unless one is named, and runs one at a time.

In: an environment that `prepare_prefect` has made ready, the data folder, a schedule, parameters of the flow. Out:
runs, until SIGTERM or SIGINT.

>>> with prefect_server(data, "127.0.0.1", 4200): serve_flow(data, "30 6 * * *", "Asia/Shanghai", {"harvest": True})
"""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from flows.errors import FazhiError
from flows.prefect_server import answers, running
from flows.stopping import pass_on

DRAIN_SECONDS = 20
# One run, and one that finds it under way and ends at once.
RUNS_SIDE_BY_SIDE = 2


@contextmanager
def prefect_server(data_dir: Path, host: str, port: int) -> Iterator[str]:
    """Give the address of Prefect's pages: of the server that PREFECT_API_URL names, or of one that runs within."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, pass_on)
    if named := os.environ.get("PREFECT_API_URL"):
        if not answers(named):
            raise FazhiError(f"PREFECT_API_URL: no Prefect server answers at {named}; start it, or unset the variable")
        yield named.removesuffix("/api")
        return
    _refuse_taken(host, port)
    log = data_dir / "prefect" / "server.log"
    address = f"http://127.0.0.1:{port}"
    command = ["prefect", "server", "start", "--host", host, "--port", str(port)]
    with log.open("wb") as output, running(command, f"{address}/api", f"see {log}", output=output):
        from prefect.logging.handlers import APILogWorker
        from prefect.settings import PREFECT_API_URL, temporary_settings

        os.environ["PREFECT_API_URL"] = f"{address}/api"
        with temporary_settings({PREFECT_API_URL: f"{address}/api"}):
            yield address
            APILogWorker.drain_all(timeout=DRAIN_SECONDS)


def serve_flow(data_dir: Path, cron: str, timezone: str, parameters: Mapping[str, Any]) -> None:
    """Run the flow at its times until stopped; each run is a process of its own."""
    from prefect.runner import Runner
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from flows.pipeline import fazhi_run

    class Served(Runner):
        def handle_sigterm(self, *_: Any) -> None:
            """Cancel the run under way and stop. Prefect 3.8's own handler makes that call and forgets to await it."""
            if not self.stopping:
                loop = asyncio.get_running_loop()
                loop.call_soon_threadsafe(lambda: stops.append(loop.create_task(self.astop())))

    stops: list[asyncio.Task[None]] = []
    runner = Served(name="fazhi", limit=RUNS_SIDE_BY_SIDE)
    runner.add_flow(
        fazhi_run, name="served", schedule=Cron(cron, timezone=timezone),
        parameters={"data_dir": str(data_dir), **parameters}, entrypoint_type=EntrypointType.MODULE_PATH,
    )
    asyncio.run(runner.start())


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise FazhiError(f"{host}:{port} is not free ({error.strerror}); give another --port, or "
                             f"name a Prefect server there: PREFECT_API_URL=http://127.0.0.1:{port}/api") from None
