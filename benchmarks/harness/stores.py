"""A Redis that gateways count in, and its bad half minute: slow, killed, and back, while callers go on calling."""

import queue
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

from . import machine, processes
from .outage import Callers
from .peers import Headgate

SYNCS = ("exact", "leased")
RATE = 100  # requests a second that the limit lets through, and at once
SLOW = 0.5  # seconds that an answer takes
STAGE = 6  # seconds


class Redis:
    """A server that keeps nothing on disk."""

    def __init__(self, work: Path, cores: str) -> None:
        machine.install_missing(["redis-server"], False)
        self.port = processes.free_port()
        self.work = work
        self.cores = cores
        self.process = None

    def start(self) -> None:
        log = self.work / f"redis-{self.port}.log"
        log.write_bytes(b"")
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--dir", str(self.work)]
        self.process = processes.start(["redis-server", *options], self.cores, log)
        processes.wait_until(lambda: b"Ready to accept" in log.read_bytes(), self.process, log)

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            processes.stop(self.process)

    def stop(self) -> None:
        if self.process:
            processes.stop(self.process)


class Relay:
    """Stands before a server and passes its answers on as late as it is told to."""

    def __init__(self, to: int) -> None:
        self.port = processes.free_port()
        self.to = to
        self.delay = 0.0
        self.listening: socket.socket | None = None
        self.sockets: list[socket.socket] = []

    def open(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self.listening,), daemon=True).start()

    def close(self) -> None:
        """Nobody gets through, and who was connected is no more."""
        if self.listening:
            for each in (self.listening, *self.sockets):
                _end(each)
            self.listening, self.sockets = None, []

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return  # closed
            server = socket.create_connection(("127.0.0.1", self.to))
            self.sockets += [client, server]
            late: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
            for act in (lambda c=client, s=server: _pass_on(c, s.sendall), lambda s=server, q=late: self._put_off(s, q)):
                threading.Thread(target=act, daemon=True).start()
            threading.Thread(target=self._answer, args=(client, late), daemon=True).start()

    def _put_off(self, server: socket.socket, late: queue.SimpleQueue) -> None:
        _pass_on(server, lambda data: late.put((time.monotonic() + self.delay, data)))
        late.put((0, b""))

    def _answer(self, client: socket.socket, late: queue.SimpleQueue) -> None:
        while True:
            due, data = late.get()
            time.sleep(max(0, due - time.monotonic()))
            if not data:
                _end(client)
                return
            try:
                client.sendall(data)
            except OSError:
                return  # nobody waits any more


def _pass_on(source: socket.socket, to: Callable[[bytes], None]) -> None:
    try:
        while data := source.recv(65536):
            to(data)
    except OSError:
        pass  # one of both has gone


def _end(each: socket.socket) -> None:
    try:
        each.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # the other side was first
    each.close()


def guard(peer: Headgate, port: int, sync: str) -> None:
    limit = f"{{ rate: {RATE}/s, per: client, store: shared, sync: {sync}, onStoreFailure: local }}"
    store = f'stores: {{ shared: {{ redis: "redis://127.0.0.1:{port}", prefix: {sync} }} }}\n'
    peer.policies = f"{store}policies: {{ fleet: {{ limit: {limit} }} }}\n"
    peer.routes = {"routes.yaml": "  all: { match: { path: /** }, auth: public, policies: [fleet], to: o }\n"}


class Story:
    """Half a minute in the life of a store that several gateways use. It answers before they are started."""

    def __init__(self, work: Path, cores: str) -> None:
        self.redis = Redis(work, cores)
        self.relay = Relay(self.redis.port)
        self.redis.start()
        self.relay.open()

    def end(self) -> None:
        self.relay.close()
        self.redis.stop()

    def tell(self, peers: list[Headgate]) -> list[dict]:
        """Lets it happen; a row for each second."""

        def late(seconds: float) -> None:
            self.relay.delay = seconds

        def killed() -> None:
            self.redis.kill()
            self.relay.close()

        def back() -> None:
            self.redis.start()
            self.relay.open()

        acts: list[tuple[str, Callable[[], None]]] = [
            ("answers", lambda: None),
            (f"takes {SLOW * 1000:.0f} ms to answer", lambda: late(SLOW)),
            ("answers", lambda: late(0)),
            ("is killed", killed),
            ("is back, and empty", back),
        ]
        callers = [Callers(peer.plain_port, [{}]) for peer in peers]
        began = time.monotonic()
        for each in callers:
            each.began = began
            each.start()
        for number, (_, act) in enumerate(acts):
            time.sleep(max(0, began + number * STAGE - time.monotonic()))
            act()
        time.sleep(max(0, began + len(acts) * STAGE + 1 - time.monotonic()))
        for each in callers:
            each.end()
        rows = []
        for second in range(len(acts) * STAGE):
            row = {"second": second, "the store": acts[second // STAGE][0]}
            for sync, each in zip(SYNCS, callers):
                row |= {f"{sync}: {what}": said for what, said in each.row(second).items()}
            rows.append(row)
        return rows
