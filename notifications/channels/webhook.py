"""News posted to other systems: signed as Standard Webhooks says, and only to where it may go.

An address typed by a person is a way into the network behind the server. So: only origins the
settings name, every address the name stands for is looked at, and the call goes to that very
address; private ones only in networks the settings name; redirects are answers like any other.
"""

import base64
import hmac
import http.client
import socket
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from notifications.channels import ChannelDown, Cut, Refused, TryLater

# For one answer, and for the whole call however slowly it drips.
TIMEOUT_SECONDS, LONGEST_SECONDS = 5.0, 10.0
PORTS = {"http": 80, "https": 443}
# Addresses that hold another one inside, by which a private network could be reached.
NAT64 = ip_network("64:ff9b::/96")

Address = IPv4Address | IPv6Address
INSIDE = "Tên máy trỏ tới địa chỉ nội bộ không nằm trong mạng được phép (DONDOC_WEBHOOK_NETWORKS)."


class BadTarget(ValueError):
    """This address is not called; says why, in Vietnamese."""


@dataclass(frozen=True)
class Rules:
    """Which origins may be called, and which private networks."""

    origins: Sequence[str] = ()
    networks: Sequence[str] = ()


def _port(parts: SplitResult) -> int:
    return parts.port or PORTS[parts.scheme]


def checked(url: str, rules: Rules) -> SplitResult:
    """The parts of an address that may be called as far as its text goes."""
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise BadTarget("Địa chỉ chỉ gồm chữ không dấu, không có dấu cách.")
    try:
        parts = urlsplit(url)
        known = parts.scheme in PORTS and bool(parts.hostname) and _port(parts) > 0
    except ValueError:
        known = False
    if not known:
        raise BadTarget("Địa chỉ phải có dạng https://máy/đường-dẫn.")
    if "@" in parts.netloc or parts.fragment:
        raise BadTarget("Địa chỉ không kèm tên đăng nhập, mật khẩu hay dấu #.")
    allowed = {(o.scheme, o.hostname, _port(o)) for o in map(urlsplit, rules.origins)}
    if (parts.scheme, parts.hostname, _port(parts)) not in allowed:
        raise BadTarget(
            f"{parts.scheme}://{parts.netloc} không nằm trong các nơi được phép nhận tin "
            "(DONDOC_WEBHOOK_ORIGINS)."
        )
    if not all(may_be_called(address, rules) for address in _written_out(str(parts.hostname))):
        raise BadTarget(INSIDE)
    return parts


def _written_out(host: str) -> list[Address]:
    """The address a host is when it is written as one, in any of the ways; nobody is asked."""
    try:
        found = socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
    except OSError:
        return []
    return [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


def _inside(address: Address) -> list[Address]:
    """An address and those it carries in it."""
    held: list[Address] = [address]
    if isinstance(address, IPv6Address):
        held += [a for a in (address.ipv4_mapped, address.sixtofour) if a]
        held += address.teredo or ()
        if address in NAT64:
            held.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return held


def may_be_called(address: Address, rules: Rules) -> bool:
    """Whether it is a public address, or one of a network the settings name."""
    if any(address in ip_network(network) for network in rules.networks):
        return True
    return all(one.is_global and not one.is_multicast for one in _inside(address))


def resolved(parts: SplitResult, rules: Rules) -> str:
    """The numeric address to call; a name that also stands for a forbidden one is not called."""
    try:
        found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    except OSError as problem:
        raise ChannelDown(f"{type(problem).__name__}: {problem}"[:300]) from problem
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not all(may_be_called(ip_address(one), rules) for one in addresses):
        raise BadTarget(INSIDE)
    return addresses[0]


def key_of(secret_key: str, uid: str) -> str:
    """The key of a webhook as it is handed over: derived, so that no copy of it is kept."""
    raw = hmac.new(secret_key.encode(), b"webhook:" + uid.encode(), sha256).digest()
    return "whsec_" + base64.b64encode(raw).decode()


def signature(key: str, call_id: str, at: datetime, body: str) -> str:
    """webhook-signature: HMAC-SHA256 over id, time and body."""
    raw = base64.b64decode(key.removeprefix("whsec_"))
    signed = f"{call_id}.{int(at.timestamp())}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(raw, signed, sha256).digest()).decode()


class _Pinned(http.client.HTTPConnection):
    """Connects to the address that was looked at, not to what the name stands for by now."""

    def __init__(self, parts: SplitResult, address: str, timeout: float) -> None:
        super().__init__(str(parts.hostname), _port(parts), timeout=timeout)
        self._address, self._is_tls = address, parts.scheme == "https"

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._is_tls:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True)
class Posting:
    """One signed body on its way to one address."""

    url: str
    key: str
    call_id: str
    body: str


class WebhookChannel:
    """Posts one body after the other; only an answer 2xx means that it was taken over."""

    def __init__(
        self, rules: Rules, timeout: float = TIMEOUT_SECONDS, longest: float = LONGEST_SECONDS
    ) -> None:
        self._rules, self._timeout, self._longest = rules, timeout, longest

    def send(self, posting: Posting, now: datetime) -> None:
        """Returns when the other side has taken it over; raises Failed otherwise."""
        try:
            parts = checked(posting.url, self._rules)
            line = _Pinned(parts, resolved(parts, self._rules), self._timeout)
        except BadTarget as bad:
            raise ChannelDown(str(bad)) from bad
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {
            "Host": parts.netloc,
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "don-doc",
            "webhook-id": posting.call_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature(posting.key, posting.call_id, now, posting.body),
            "Connection": "close",
        }
        watchdog = threading.Timer(self._longest, line.cut)
        try:
            line.connect()
        except (OSError, ssl.SSLError) as problem:
            line.close()
            raise ChannelDown(f"{type(problem).__name__}: {problem}"[:300]) from problem
        watchdog.start()
        try:
            line.request("POST", path, posting.body.encode(), headers)
            status = line.getresponse().status  # what it says beside is not read
        except (OSError, http.client.HTTPException) as problem:
            raise Cut(f"{type(problem).__name__}: {problem}"[:300]) from problem
        finally:
            watchdog.cancel()
            line.close()
        if status == http.HTTPStatus.GONE:
            raise Refused(f"HTTP {status}")
        if not 200 <= status < 300:
            raise TryLater(f"HTTP {status}")
