"""A UDP relay that keeps what passes: it records exports without the right to capture packets."""

import socket
import threading
import time

from harness import pcap


class Relay:
    """Listens on loopback, records each datagram with its arrival time, and passes it on.

    Bounded: at most `most` datagrams are kept. Use as a context manager.
    """

    def __init__(self, forward_to: tuple[int, ...] | list[int] = (), most: int = 100_000):
        self._forward_to = forward_to
        self._most = most
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._relay, daemon=True)
        self._last = time.monotonic()
        self.port = self._socket.getsockname()[1]
        self.datagrams: list[tuple[float, int, bytes]] = []

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ending.set()
        self._thread.join()
        self._socket.close()

    def _relay(self):
        while not self._ending.is_set():
            try:
                payload, (_, source_port) = self._socket.recvfrom(65536)
            except TimeoutError:
                continue
            if len(self.datagrams) < self._most:
                self.datagrams.append((time.time(), source_port, payload))
            self._last = time.monotonic()
            for port in self._forward_to:
                self._socket.sendto(payload, ("127.0.0.1", port))

    def send(self, payload: bytes) -> None:
        """Passes on a datagram of the test's own; it is not recorded."""
        for port in self._forward_to:
            self._socket.sendto(payload, ("127.0.0.1", port))

    def quiet_for(self, seconds: float) -> bool:
        """True when something has come and nothing more since `seconds`."""
        return bool(self.datagrams) and time.monotonic() - self._last >= seconds

    def write(self, path) -> None:
        """Writes what was recorded as a capture of UDP over IPv4 over Ethernet."""
        pcap.write_packets(
            path,
            [
                pcap.Packet(seconds, "127.0.0.1", "127.0.0.1", 17, source_port, 2055,
                            payload=payload)
                for seconds, source_port, payload in self.datagrams
            ],
        )
