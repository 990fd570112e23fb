"""From the bytes of a document to its text: `decode(payload, media_type, url)`.

In: a payload as fetched. Out: `Decoded`, with one paragraph a line and table rows as lines with tabs between cells.
The page's chrome may still be around the body; taking it off is the cleaner's work.

>>> decode("发放折页4900余册".encode("gb18030"), "text/plain", "urn:fazhi:file:a.txt").text
'发放折页4900余册'
"""

from transforms.decode.document import decode
from transforms.decode.result import Decoded

__all__ = ["Decoded", "decode"]
