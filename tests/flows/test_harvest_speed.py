"""What a harvest costs: little CPU a request, and memory that does not grow with the pages. `make bench-harvest` tells more."""

import pytest

from benchmarks.harvest import lean_server, measure

N_HOSTS, FEW, MANY = 50, 8, 32


@pytest.mark.slow
def test_a_request_costs_little_and_four_times_the_pages_take_next_to_no_more_memory() -> None:
    with lean_server() as port:
        few, many = (measure(port, N_HOSTS, n_pages, 0.0) for n_pages in (FEW, MANY))
    assert few.outcomes == {"fetched": N_HOSTS * FEW}
    assert many.outcomes == {"fetched": N_HOSTS * MANY}
    assert many.milliseconds(many.cpu_seconds) < 10, "100 requests a second want less than a core"
    assert many.milliseconds(many.cpu_of_all) < 20, "100 requests a second want less than two cores"
    assert many.peak_mib - few.peak_mib < 12, "10 KiB a page; a page itself has 30"
