"""All input and output: the command line, Prefect flows, the stores, the HTTP client."""

import os

# Memory that a step frees, the next one wants: polars' allocator, which reads this when polars is loaded, keeps it for
# ten seconds. To give it back at once and be given it again costs a twentieth of the time.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:10000,muzzy_decay_ms:10000")
