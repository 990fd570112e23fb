"""Receive a body as it comes and undo its content encoding, both up to a limit of decoded bytes.

In: pieces of a body. Out: the body as sent and its payload; `TooLarge` as soon as the payload passes the limit, so
that a gigabyte of zeros in a megabyte of gzip costs the limit and no more.

>>> body = Body("gzip", limit=1000); body.add(gzip.compress(b"x" * 10)); body.payload
b'xxxxxxxxxx'
"""

import zlib

_STEP = 1 << 20
_GZIP = b"\x1f\x8b"
_AUTOMATIC, _RAW = zlib.MAX_WBITS + 32, -zlib.MAX_WBITS
ACCEPT_ENCODING = "gzip, deflate"


class TooLarge(Exception):
    """A payload beyond the limit."""


class Body:
    """A body on its way in. An encoding that was not asked for is kept as sent and counted so."""

    def __init__(self, encoding: str, limit: int) -> None:
        self.raw = bytearray()
        self._limit = limit
        self._is_encoded = encoding.strip().lower() in ("gzip", "x-gzip", "deflate")
        self._decoder = zlib.decompressobj(_AUTOMATIC)
        self._decoded = bytearray()
        self._broken = False

    @property
    def payload(self) -> bytes:
        """The body without its encoding; as sent, where it was not encoded although the server said so."""
        return bytes(self._decoded) if self._is_encoded and self._decoded else bytes(self.raw)

    @property
    def is_cut(self) -> bool:
        """Whether an encoded body ended before its own end, or is damaged from some place on."""
        if self._broken:
            return bool(self._decoded) or self.raw.startswith(_GZIP)
        return self._is_encoded and bool(self.raw) and not self._decoder.eof

    def add(self, piece: bytes) -> None:
        """Take in a piece."""
        is_first = not self.raw
        self.raw += piece
        if len(self.raw) > self._limit:
            raise TooLarge
        if self._is_encoded and not self._broken:
            self._inflate(piece, is_first)

    def _inflate(self, piece: bytes, is_first: bool) -> None:
        try:
            self._decode(piece)
        except zlib.error:
            if is_first and not self._decoded:
                self._decoder = zlib.decompressobj(_RAW)
                try:
                    self._decode(piece)
                except zlib.error:
                    self._broken = True
            else:
                self._broken = True

    def _decode(self, piece: bytes) -> None:
        while piece:
            if self._decoder.eof:
                if not piece.startswith(_GZIP):
                    return
                self._decoder = zlib.decompressobj(_AUTOMATIC)
            self._decoded += self._decoder.decompress(piece, _STEP)
            if len(self._decoded) > self._limit:
                raise TooLarge
            piece = self._decoder.unused_data if self._decoder.eof else self._decoder.unconsumed_tail
