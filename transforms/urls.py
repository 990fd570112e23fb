"""One address for one page: the form of a URL that ids and duplicates go by.

In: a URL as found in a list, a link or a WARC record, and the rules of `seeds/url_rules.csv`.
Out: its canonical form. It names the page and is not fetched: a site may answer only at the original address.
URNs, file names and anything that is no http(s) URL come out unchanged. A released id rests on this function, so a
change of it moves ids.

>>> rules = UrlRules(view_parameters=("ismobile",), gateways=("/gate/big5/",), host_prefixes=("www.",))
>>> canonical_url("http://www.example.gov.cn:80/art/1.html?isMobile=true#top", rules)
'https://example.gov.cn/art/1.html'
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

_KINDS = {
    "view_parameter": "view_parameters",
    "path_parameter": "path_parameters",
    "gateway": "gateways",
    "host_prefix": "host_prefixes",
}
_DEFAULT_PORTS = {80, 443}
_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_HOST = re.compile(r"[\w.-]+|\[[0-9a-f:.]+\]")


@dataclass(frozen=True)
class UrlRules:
    """What in a URL changes the view, not the page.

    `view_parameters` are query parameters in lower case (a final `*` stands for any ending), `path_parameters` come
    after a semicolon in the path, `gateways` are path prefixes behind which another site's address stands, and
    `host_prefixes` are host names' beginnings that lead to the same site.
    """

    view_parameters: tuple[str, ...] = ()
    path_parameters: tuple[str, ...] = ()
    gateways: tuple[str, ...] = ()
    host_prefixes: tuple[str, ...] = ()

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, str]]) -> "UrlRules":
        """Build the rules from rows with `kind` and `value`; a kind that is not known raises ValueError."""
        values: dict[str, list[str]] = {kind: [] for kind in _KINDS}
        for row in rows:
            if row["kind"] not in values:
                known = ", ".join(_KINDS)
                raise ValueError(f"url rule {row['value']!r} has the unknown kind {row['kind']!r}; known are {known}")
            values[row["kind"]].append(row["value"].lower())
        return cls(**{_KINDS[kind]: tuple(sorted(found)) for kind, found in values.items()})


def canonical_url(url: str, rules: UrlRules) -> str:
    """Return the canonical form of `url`: https, bare host, no view parameters, no fragment."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme.lower() not in ("http", "https") or not _HOST.fullmatch(_bracketed(host)):
        return url
    inner = _behind_gateway(parts.path, rules.gateways)
    if inner is not None:
        query = f"?{parts.query}" if parts.query else ""
        return canonical_url(f"https://{inner}{query}", rules)
    authority = _site(host, rules.host_prefixes)
    if port is not None and port not in _DEFAULT_PORTS:
        authority += f":{port}"
    path = _path(parts.path, rules.path_parameters)
    query = _query(parts.query, rules.view_parameters)
    return f"https://{authority}{path}{query}{_route(parts.fragment)}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _behind_gateway(path: str, gateways: tuple[str, ...]) -> str | None:
    """Return the address (host and path) that a gateway such as /gate/big5/ shows in other characters."""
    for gateway in gateways:
        before, found, inner = path.partition(gateway)
        if found and not before.strip("/"):
            inner = re.sub(r"^https?:/*", "", inner)
            host = inner.split("/", 1)[0]
            if "." in host and _HOST.fullmatch(host.split(":")[0].lower()):
                return inner
    return None


def _site(host: str, prefixes: tuple[str, ...]) -> str:
    host = host.lower()
    while True:
        prefix = next((p for p in prefixes if host.startswith(p) and "." in host[len(p):]), None)
        if prefix is None:
            return _bracketed(host)
        host = host[len(prefix):]


def _path(path: str, parameters: tuple[str, ...]) -> str:
    for parameter in parameters:
        path = re.sub(rf";{re.escape(parameter)}=[^/;?]*", "", path, flags=re.IGNORECASE)
    return _without_dots(_normal_escapes(path)) or "/"


def _without_dots(path: str) -> str:
    """Resolve `.` and `..` as RFC 3986 (5.2.4) has it."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in (".", ".."):
        kept.append("")
    return "".join(f"/{segment}" for segment in kept)


def _normal_escapes(text: str) -> str:
    """Write one character in one way: UTF-8 escapes in capitals, and none where none is needed."""
    text = quote(text, safe="%/:=&?@!$'()*+,;~[]|")
    return _ENCODED.sub(lambda found: _unescaped(found[1]), text)


def _unescaped(digits: str) -> str:
    character = chr(int(digits, 16))
    return character if character in _UNRESERVED else f"%{digits.upper()}"


def _query(query: str, view_parameters: tuple[str, ...]) -> str:
    """Keep the parameters that tell pages apart, in alphabetical order."""
    kept = [part for part in query.split("&") if part and not _is_view(part.partition("=")[0], view_parameters)]
    return "?" + "&".join(sorted(_normal_escapes(part) for part in kept)) if kept else ""


def _is_view(name: str, view_parameters: tuple[str, ...]) -> bool:
    name = name.lower()
    return any(name == p or (p.endswith("*") and name.startswith(p[:-1])) for p in view_parameters)


def _route(fragment: str) -> str:
    """Keep a fragment only where a page's own script takes it for the address (`#/detail?id=1`)."""
    return f"#{_normal_escapes(fragment)}" if fragment.startswith(("/", "!/")) else ""
