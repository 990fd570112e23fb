"""A port on loopback for a server that is started later, in a process of its own.

In: nothing. Out: a port that the system gives to nobody else while the block runs, for it is bound, though not listened
on; a server that sets SO_REUSEADDR, as all of ours do, may listen there, and do so again after it was killed.

>>> with held_port() as port: start_server(port)
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_port() -> Iterator[int]:
    """Hold a free port."""
    with socket.socket() as holding:
        holding.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holding.bind(("127.0.0.1", 0))
        yield int(holding.getsockname()[1])
