"""Connections to public addresses only: names are resolved here, and what is connected to is what was checked.

In: host and port as the HTTP client asks for them. Out: a stream, or `NameNotResolved`, `AddressRefused`.
The check is made on the very address that is then connected to, for every connection anew; so neither a redirect nor
a name that resolves differently the second time leads into a private network.

>>> is_public("10.0.0.1"), is_public("::ffff:127.0.0.1")
(False, False)
"""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

import httpcore
from httpcore import SOCKET_OPTION, AnyIOBackend

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_RESOLVERS = 32


class NameNotResolved(Exception):
    """A host name without an address."""


class AddressRefused(Exception):
    """A host whose addresses are all private, loopback, link-local or otherwise not public."""


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections, to public addresses and to `private_networks`; answers of DNS are kept for the run."""

    def __init__(self, hosts: Mapping[str, str], private_networks: Iterable[str], resolve_seconds: float) -> None:
        self._hosts = {name.lower(): place for name, place in hosts.items()}
        self._networks = [ipaddress.ip_network(network) for network in private_networks]
        self._resolve_seconds = resolve_seconds
        self._answers: dict[str, asyncio.Task[list[str]]] = {}
        self._threads = ThreadPoolExecutor(_RESOLVERS, thread_name_prefix="resolve")
        self._backend = AnyIOBackend()

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,  # noqa: ASYNC109
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of `host` that may be asked and answers."""
        name = host.lower()
        place, _, mapped_port = self._hosts.get(f"{name}:{port}", self._hosts.get(name, "")).partition(":")
        addresses = [place] if place else await self._resolve(host)
        allowed = [address for address in addresses if self._may_ask(address)]
        if not allowed:
            raise AddressRefused(f"{host} is at {', '.join(addresses)}, which is not public")
        failure: Exception | None = None
        for address in allowed[:3]:
            try:
                return await self._backend.connect_tcp(
                    address, int(mapped_port or port), timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(host)

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None,  # noqa: ASYNC109
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: no page is behind a local socket."""
        raise AddressRefused(f"{path} is a local socket")

    async def sleep(self, seconds: float) -> None:
        """Wait between two tries to connect."""
        await asyncio.sleep(seconds)

    def close(self) -> None:
        """Let go of the resolver's threads without waiting for slow answers."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _may_ask(self, address: str) -> bool:
        own = ipaddress.ip_address(address)
        return is_public(address) or any(own in network for network in self._networks if network.version == own.version)

    async def _resolve(self, host: str) -> list[str]:
        if host not in self._answers:
            self._answers[host] = asyncio.create_task(self._ask_dns(host))
        return await asyncio.shield(self._answers[host])

    async def _ask_dns(self, host: str) -> list[str]:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._resolve_seconds):
                found = await loop.run_in_executor(self._threads, _lookup, host)
        except TimeoutError:
            raise NameNotResolved(f"{host}: no answer from DNS in {self._resolve_seconds:g} s") from None
        except (OSError, UnicodeError) as error:
            raise NameNotResolved(f"{host}: {error}") from None
        return found


def is_public(address: str) -> bool:
    """Tell whether an address is on the public internet, whatever it is wrapped in."""
    return all(one.is_global and not one.is_multicast for one in _wrapped(ipaddress.ip_address(address)))


def _wrapped(address: Address) -> list[Address]:
    """Return an address with the IPv4 addresses that it stands for (mapped, 6to4, Teredo, NAT64)."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    inner: list[Address | None] = [address.sixtofour, address.teredo[1] if address.teredo else None]
    if address in _NAT64:
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [address, *(one for one in inner if one is not None)]


def _lookup(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
