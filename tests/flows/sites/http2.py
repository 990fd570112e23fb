"""HTTP/2 for the server of the tests.

In: a connection whose TLS has agreed on `h2`, and a function from a request to an answer. Out: answers, until the
client hangs up.
"""

import asyncio
from collections.abc import Callable

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived

from tests.flows.sites.message import Answer

Ask = Callable[[str, str, dict[str, str]], Answer]


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ask: Ask) -> None:
    """Answer all requests of a connection; `ask` takes host, target and headers."""
    connection = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
    connection.initiate_connection()
    writer.write(connection.data_to_send())
    while data := await reader.read(65536):
        for event in connection.receive_data(data):
            if isinstance(event, RequestReceived) and event.stream_id:
                fields = {str(name): str(value) for name, value in event.headers or ()}
                answer = ask(fields[":authority"], fields[":path"], fields)
                head = [(":status", str(answer.status)), *((name.lower(), value) for name, value in answer.headers.items())]
                connection.send_headers(event.stream_id, head, end_stream=not answer.body)
                if answer.body:
                    connection.send_data(event.stream_id, answer.body, end_stream=True)
        writer.write(connection.data_to_send())
        await writer.drain()
