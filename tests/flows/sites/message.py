"""What the server of the tests is asked, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Request:
    at: float
    host: str
    target: str
    headers: Mapping[str, str]
    connection: int

    @property
    def path(self) -> str:
        return urlsplit(self.target).path


@dataclass(frozen=True)
class Answer:
    """An answer and how it misbehaves: `length` is what is declared, `sends` how much of the body goes out."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    head_delay: float = 0.0
    length: int | None = None
    sends: int | None = None
    hangs: bool = False
    is_chunked: bool = False
