"""What all tests share: nobody is told anything, and no test writes into the project's own data."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.update({"DO_NOT_TRACK": "1", "GX_ANALYTICS_ENABLED": "false", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"})

# How long an example takes says more of what else the machine does than of the example.
settings.register_profile("fazhi", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fazhi")


@pytest.fixture(autouse=True)
def _data_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAZHI_DATA", str(tmp_path / "data"))
