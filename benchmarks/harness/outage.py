"""An issuer of tokens that changes its keys, becomes slow, and goes away, while callers go on calling."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from . import tokens
from .peers import Headgate
from .processes import free_port

NAMES = ("one", "two", "three")  # of the keys
CALLERS = 4
CALLS_PER_SECOND = 50  # of each caller
TOKENS = 200  # of each key


class Issuer:
    """Publishes a key set, as slowly as it is told to."""

    def __init__(self) -> None:
        self.port = free_port()
        self.key_set = ""
        self.delay = 0.0
        self.fetches = 0
        self.server: ThreadingHTTPServer | None = None

    def open(self) -> None:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.fetches += 1
                time.sleep(issuer.delay)
                body = issuer.key_set.encode()
                try:
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass  # the gateway did not wait

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


@dataclass
class Callers:
    """Keep calling, and note second by second what they get. What `headers` they send, in turn, may change meanwhile."""

    port: int
    headers: list[dict[str, str]]
    began: float = field(default_factory=time.monotonic)
    seen: list[tuple[int, int, str, float]] = field(default_factory=list)  # second, status, reason, milliseconds
    ended: bool = False
    threads: list[threading.Thread] = field(default_factory=list)

    def run(self, number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        call = number
        while not self.ended:
            time.sleep(max(0, self.began + (call - number) / CALLERS / CALLS_PER_SECOND - time.monotonic()))
            began = time.monotonic()
            connection.request("GET", "/small", headers=self.headers[call % len(self.headers)])
            answer = connection.getresponse()
            body = answer.read()
            reason = json.loads(body)["reason"] if answer.status >= 400 else ""
            self.seen.append((int(began - self.began), answer.status, reason, (time.monotonic() - began) * 1000))
            call += CALLERS
        connection.close()

    def start(self) -> None:
        self.threads = [threading.Thread(target=self.run, args=(n,), daemon=True) for n in range(CALLERS)]
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        self.ended = True
        for thread in self.threads:
            thread.join(15)

    def row(self, second: int) -> dict:
        """What they got in a second."""
        now = [each for each in self.seen if each[0] == second]
        refused = Counter(f"{status} {reason}" for _, status, reason, _ in now if status != 200)
        times = sorted(each[3] for each in now)
        return {
            "200": sum(each[1] == 200 for each in now),
            "others": ", ".join(f"{count} × {what}" for what, count in refused.items()) or "none",
            "slowest ms": f"{times[-1]:.0f}" if times else "",
        }


def guard(peer: Headgate, issuer: Issuer) -> None:
    jwks = f'jwks: "http://127.0.0.1:{issuer.port}/keys", keys: {{ refresh: 1s }}'
    peer.policies = f'policies: {{ idp: {{ jwt: {{ issuer: "{tokens.ISSUER}", audience: orders, {jwks} }} }} }}\n'
    peer.routes = {"routes.yaml": "  all: { match: { path: /** }, auth: idp, to: o }\n"}


class Story:
    """Half a minute in the life of an issuer. It answers from the beginning, before a gateway is started."""

    def __init__(self, work: Path) -> None:
        self.issuer = Issuer()
        self.signers = [tokens.Signer(work) for _ in NAMES]
        self.signed = [
            [{"Authorization": f"Bearer {signer.token(tokens.claims(n), name)}"} for n in range(TOKENS)] for signer, name in zip(self.signers, NAMES)
        ]
        self.publish(0)
        self.issuer.open()

    def publish(self, *which: int) -> None:
        self.issuer.key_set = tokens.key_set({NAMES[i]: self.signers[i] for i in which})

    def tell(self, peer: Headgate) -> list[dict]:
        """Lets it happen; a row a second."""
        issuer, signed, publish = self.issuer, self.signed, self.publish
        callers = Callers(peer.plain_port, list(signed[0]))

        def slow() -> None:
            issuer.delay = 30

        def back() -> None:
            issuer.delay = 0
            publish(0, 1, 2)
            issuer.open()

        def rotate() -> None:
            publish(0, 1)
            callers.headers = [each for both in zip(signed[0], signed[1]) for each in both]

        def third() -> None:
            callers.headers = [each for all_three in zip(*signed) for each in all_three]

        acts: list[tuple[int, str, Callable[[], None]]] = [
            (0, "answers", lambda: None),
            (5, "has a second key, tokens of both", rotate),
            (10, "takes 30 s to answer", slow),
            (15, "is down", issuer.close),
            (20, "is down, and tokens of a third key come", third),
            (25, "is back, with the third key", back),
        ]
        callers.start()
        for second, _, act in acts:
            time.sleep(max(0, callers.began + second - time.monotonic()))
            act()
        time.sleep(max(0, callers.began + 31 - time.monotonic()))
        callers.end()
        issuer.close()
        return [
            {"second": second, "the issuer": [name for at, name, _ in acts if at <= second][-1]} | callers.row(second)
            for second in range(30)
        ]
