"""The scenarios, by name: what each asks, and what it returns for the report."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from statistics import median

from . import gclog, machine, outage, processes, reloads, routes, rounds, stores, tokens
from .loads import Tools, open_loop_seen
from .peers import Headgate, NginxLua, Peer, Site, make
from .report import Section
from .rounds import Load, say

POST_BYTES = 64 << 10
COMPLETE = 0.999  # of the requests in the access log; a gateway that drops lines has less to do
SHARED_RATE = 5000  # requests a second
HEAP_SECONDS = 600  # at most, for the heap scenario


@dataclass(frozen=True)
class Run:
    """The options of one run and what it has at hand."""

    site: Site
    tools: Tools
    peer_names: tuple[str, ...]
    rounds: int
    seconds: float
    warmup: float
    load_core: int
    idle_count: int
    reload_count: int
    route_count: int
    heap_requests: int

    def peers(self) -> list[Peer]:
        return [make(name, self.site) for name in self.peer_names]

    def measure(self, peer: Peer, load: Load) -> rounds.Round:
        return rounds.measure(peer, load, self.site.gateway_core, self.load_core)


Scenario = Callable[[Run], Section]


def with_started(run: Run, peers: list[Peer], tls: bool, body: Callable[[], Section]) -> Section:
    """Starts the peers, runs the body, and stops them whatever happens."""
    try:
        for peer in peers:
            say(f"  starting {peer.name}")
            peer.start(tls)
        return body()
    finally:
        for peer in peers:
            peer.stop()


def closed_loop(
    title: str,
    tls: bool,
    load: Callable[[Run, Peer, float], rounds.Seen],
    guarded: Callable[[Peer], None] | None = None,
) -> Scenario:
    """As many requests as the gateway takes.

    `guarded` gives those peers the policies of the scenario that can have them; the others stay bare proxies.
    """

    def scenario(run: Run) -> Section:
        peers = run.peers()
        for peer in peers:
            if guarded:
                guarded(peer)
        peers = [peer for peer in peers if not isinstance(peer, NginxLua) or peer.tokens]

        def body() -> Section:
            asked = {}
            for peer in peers:
                say(f"  warming up {peer.name}")
                asked[peer.name] = load(run, peer, run.warmup).requests
            results = rounds.interleave(
                peers, run.rounds, lambda peer: run.measure(peer, lambda p: load(run, p, run.seconds))
            )
            section = Section.of_rounds(title, results, baseline="nginx")
            time.sleep(2)  # for what is still in a log's buffer
            for peer in peers:
                requests = asked[peer.name] + sum(each.seen.requests for each in results[peer.name])
                lines = peer.log_lines()
                if lines < requests * COMPLETE:
                    section.note(f"{peer.name} logged only {lines} of {requests} requests")
            return section

        return with_started(run, peers, tls, body)

    return scenario


def wrk(path: str, connections: int = 64, tls: bool = False, **lua: str) -> Callable[[Run, Peer, float], rounds.Seen]:
    def load(run: Run, peer: Peer, seconds: float) -> rounds.Seen:
        scheme, port = ("https", peer.tls_port) if tls else ("http", peer.plain_port)
        return run.tools.wrk(f"{scheme}://127.0.0.1:{port}{path}", seconds, connections, **lua)

    return load


def api_key(peer: Peer) -> None:
    """Every request must show the key of one of a thousand consumers, and be allowed by an expression."""
    guard_by_key(peer, "", "", "", "{ authorize: \"'read' in identity.scopes || 'partners' in identity.groups\" }")


# Of both there is always enough; the counting is what costs.
LIMITS = "  burst: { limit: { rate: 1000000/s, per: client } }\n  fair: { limit: { rate: 1000000/s, per: consumer } }\n"
PLANS = """\
plans: { gold: { quota: { requests: 1000000000000/month }, price: { perRequest: "0.0004 EUR" } } }
products: { all: { routes: [all] } }
"""


def limited(peer: Peer) -> None:
    """The key again, and two rate limits."""
    guard_by_key(peer, LIMITS, "", "", "burst", "fair")


def metered(peer: Peer) -> None:
    """The key and the limits again, a quota, and a ledger on disk of what is to be paid."""
    guard_by_key(peer, LIMITS, PLANS + ledger(peer), "plan: gold, products: [all], ", "burst", "fair")


def ledger(peer: Peer) -> str:
    return f'ledger: {{ store: "{peer.site.work / peer.name / "ledger.db"}" }}\n'


def guard_by_key(peer: Peer, policies: str, more: str, consumer: str, *rules: str) -> None:
    if not isinstance(peer, Headgate):
        return
    consumers = "".join(
        f"  c{i}: {{ {consumer}groups: [partners],"
        f" credentials: [{{ apiKey: {{ sha256: {sha256(f'key-{i}'.encode()).hexdigest()} }} }}] }}\n"
        for i in range(1000)
    )
    keys = "  keys: { apiKey: { header: X-API-Key } }\n"
    peer.policies = f"policies:\n{keys}{policies}{more}consumers:\n{consumers}"
    asked = ", ".join(rules)
    peer.routes = {"routes.yaml": f"  all: {{ match: {{ path: /** }}, auth: keys, policies: [{asked}], to: o }}\n"}


class Tokens:
    """Every request must show a token with a scope; two of its claims go to the origin.

    If it is `metered`, its tenant is counted too: two rate limits, a quota and a ledger, or a counter of nginx-lua's.
    """

    def __init__(self, fresh: int, metered: bool = False) -> None:
        self.fresh = fresh
        self.metered = metered
        self.taken: dict[str, int] = {}

    def guard(self, peer: Peer) -> None:
        if not self.taken:
            self.key_set, self.known, self.others = tokens.write(peer.site.work, self.fresh)
        self.taken[peer.name] = 0
        if isinstance(peer, NginxLua):
            peer.tokens = self.known
            peer.counts = self.metered
        if isinstance(peer, Headgate):
            headers = "{ X-User: subject, X-Tenant: claims.tenant }"
            jwt = f'{{ issuer: "{tokens.ISSUER}", audience: orders, jwks: "{self.key_set}", identityHeaders: {headers} }}'
            peer.policies = f"policies:\n  idp: {{ jwt: {jwt} }}\n"
            rules = "{ authorize: { scopes: [read] } }"
            if self.metered:
                consumers = "".join(
                    f"  t{i}: {{ plan: gold, products: [all], credentials: [{{ jwt: {{ claim: {{ tenant: tenant-{i} }} }} }}] }}\n"
                    for i in range(10)
                )
                peer.policies += f"{LIMITS}{PLANS}{ledger(peer)}consumers:\n{consumers}"
                rules += ", burst, fair"
            peer.routes = {"routes.yaml": f"  all: {{ match: {{ path: /** }}, auth: idp, policies: [{rules}], to: o }}\n"}

    def load(self, run: Run, peer: Peer, seconds: float) -> rounds.Seen:
        more = {"FRESH": str(self.others), "FRESH_FROM": str(self.taken[peer.name])} if self.fresh else {}
        seen = wrk("/small", TOKENS=str(self.known), **more)(run, peer, seconds)
        self.taken[peer.name] += seen.requests // 100 + 100
        if self.fresh and self.taken[peer.name] > self.fresh:
            raise SystemExit(f"{peer.name} has used up its {self.fresh} new tokens: fewer or shorter rounds")
        return seen


def with_tokens(title: str, fresh: int, metered: bool = False) -> Scenario:
    used = Tokens(fresh, metered)
    return closed_loop(title, False, used.load, used.guard)


def h2load(run: Run, peer: Peer, seconds: float) -> rounds.Seen:
    return run.tools.h2load(f"https://127.0.0.1:{peer.tls_port}/small", seconds)


def handshakes(run: Run, peer: Peer, seconds: float) -> rounds.Seen:
    return run.tools.handshakes(peer.tls_port, seconds)


def half_load(run: Run) -> Section:
    """Latency at a fixed rate: half of what nginx takes, or of what the peer itself takes if that is less."""
    peers = run.peers()

    def body() -> Section:
        small = wrk("/small")
        saturation = {}
        for peer in peers:
            small(run, peer, run.warmup)
            saturation[peer.name] = small(run, peer, run.seconds)
        rates = {name: seen.requests / seen.seconds / 2 for name, seen in saturation.items()}
        rates = {name: min(rate, rates.get("nginx", rate)) for name, rate in rates.items()}
        say("  " + ", ".join(f"{name} {rate:.0f}/s" for name, rate in rates.items()))
        results = rounds.interleave(
            peers,
            run.rounds,
            lambda peer: run.measure(
                peer, lambda p: run.tools.open_loop(p.plain_port, rates[p.name], run.seconds)
            ),
        )
        return Section.of_rounds("Latency at half of saturation, open loop, 275-byte answer", results, "nginx")

    return with_started(run, peers, False, body)


def shared_limits(run: Run) -> Section:
    """What counting in a Redis adds to a request, at a rate that leaves both cores time."""
    redis = stores.Redis(run.site.work, str(run.load_core))
    redis.start()
    peers = []
    for name, sync in (("no-limit", None), ("on-node", ""), ("exact", "exact"), ("leased", "leased")):
        peer = replace(next(peer for peer in run.peers() if isinstance(peer, Headgate)), name=name)
        store = f", store: shared, sync: {sync}" if sync else ""
        stores = f'stores: {{ shared: {{ redis: "redis://127.0.0.1:{redis.port}" }} }}\n' if sync else ""
        if sync is not None:
            peer.policies = f"{stores}policies: {{ fleet: {{ limit: {{ rate: 100000/s, per: client{store} }} }} }}\n"
            peer.routes = {"routes.yaml": "  all: { match: { path: /** }, auth: public, policies: [fleet], to: o }\n"}
        peers.append(peer)

    def body() -> Section:
        def load(peer: Peer, seconds: float) -> rounds.Seen:
            return run.tools.open_loop(peer.plain_port, SHARED_RATE, seconds)

        for peer in peers:
            say(f"  warming up {peer.name}")
            load(peer, run.warmup)
        results = rounds.interleave(peers, run.rounds, lambda peer: run.measure(peer, lambda p: load(p, run.seconds)))
        return Section.of_rounds(f"A limit shared through Redis, {SHARED_RATE} requests/s", results, "no-limit")

    try:
        return with_started(run, peers, False, body)
    finally:
        redis.stop()


def store_outage(run: Run) -> Section:
    """What callers see while the Redis that their limit counts in is slow, is killed, and comes back."""
    story = stores.Story(run.site.work, str(run.load_core))
    base = next(peer for peer in run.peers() if isinstance(peer, Headgate))
    peers = [replace(base, name=f"{base.name}-{sync}", **fresh_ports()) for sync in stores.SYNCS]
    for peer, sync in zip(peers, stores.SYNCS):
        stores.guard(peer, story.relay.port, sync)

    def body() -> Section:
        calls = outage.CALLERS * outage.CALLS_PER_SECOND
        title = f"A store's bad half minute: {calls} calls a second, of which {stores.RATE} are within the limit"
        return Section.of_rows(title, story.tell(peers))

    try:
        return with_started(run, peers, False, body)
    finally:
        story.end()


def idle_connections(run: Run) -> Section:
    """Memory that a keep-alive connection holds after one request, beyond what the warm process has anyway."""
    limit = machine.raise_descriptor_limit() - 200
    count = min(run.idle_count, limit)
    if count < run.idle_count:
        say(f"  the limit on open files allows {count} connections")
    rows = []
    for peer in run.peers():
        samples = [_idle_sample(run, peer, count) for _ in range(min(run.rounds, 3))]
        rows.append(
            {
                "peer": peer.name,
                "KiB resident per connection": round(median(s["resident"] for s in samples), 2),
                "KiB proportional per connection": round(median(s["proportional"] for s in samples), 2),
                "spread": "{:.2f}..{:.2f}".format(*(f(s["proportional"] for s in samples) for f in (min, max))),
                "MiB before": round(median(s["before"] for s in samples) / 1024, 1),
                "MiB with them": round(median(s["after"] for s in samples) / 1024, 1),
                "closed": sum(s["closed"] for s in samples),
            }
        )
    return Section.of_rows(f"{count} idle keep-alive connections", rows)


def _idle_sample(run: Run, peer: Peer, count: int) -> dict[str, float]:
    say(f"  {peer.name}")
    try:
        peer.start(tls=False)
        wrk("/small")(run, peer, run.warmup)
        time.sleep(2)
        before = machine.memory(peer.pid)
        holders = run.tools.idle(peer.plain_port, count)
        time.sleep(3)
        after = machine.memory(peer.pid)
        closed = 0
        for holder in holders:
            holder.stdin.close()
            closed += int(holder.stdout.readline().split()[1])
            holder.wait(30)
            processes.stop(holder)
        return {
            "resident": (after.resident - before.resident) / count,
            "proportional": (after.proportional - before.proportional) / count,
            "before": before.proportional,
            "after": after.proportional,
            "closed": closed,
        }
    finally:
        peer.stop()


def heap(run: Run) -> Section:
    """What a JVM allocates for each request, and whether what survives a collection grows over many of them."""
    peers = [peer for peer in run.peers() if peer.gc_log]
    small = wrk("/small")

    def body() -> Section:
        rows = []
        for peer in peers:
            say(f"  {peer.name}")
            small(run, peer, run.warmup)
            offset, answered, took = peer.gc_log.stat().st_size, 0, 0.0
            while answered < run.heap_requests and took < HEAP_SECONDS:
                seen = small(run, peer, 10)
                answered, took = answered + seen.requests, took + seen.seconds
            pauses = gclog.pauses(peer.gc_log, offset)
            if len(pauses) < 2:
                raise SystemExit(f"{peer.name}: too few collections in {answered} requests")
            allocated, stretch = gclog.allocated_bytes(pauses)
            rows.append(
                {
                    "peer": peer.name,
                    "requests": answered,
                    "bytes allocated/request": round(allocated / (answered / took * stretch)),
                    "collections": len(pauses),
                    "longest pause ms": max(pause.took for pause in pauses),
                    "share of time in pauses": f"{sum(pause.took for pause in pauses) / took / 10:.2f} %",
                    "MiB after the first collection": round(pauses[0].after),
                    "MiB after the last": round(pauses[-1].after),
                }
            )
        return Section.of_rows("Allocation and heap, 275-byte answer", rows)

    return with_started(run, peers, False, body)


def many_routes(run: Run) -> Section:
    """The same load with few and with many routes, each request for another one of them."""
    few, many = 10, run.route_count
    peers = [
        replace(peer, name=f"{peer.name}-{count}", routes=routes.files(count) | reloads.marker(0), **fresh_ports())
        for peer in run.peers()
        if isinstance(peer, Headgate)
        for count in (few, many)
    ]
    paths = {}
    for count in (few, many):
        paths[count] = run.site.work / f"paths-{count}"
        paths[count].write_text("".join(path + "\n" for path in routes.requests(count)))

    def load(peer: Peer, seconds: float) -> rounds.Seen:
        return wrk("/", PATHS=str(paths[int(peer.name.rpartition("-")[2])]))(run, peer, seconds)

    def body() -> Section:
        for peer in peers:
            load(peer, run.warmup)
        results = rounds.interleave(
            peers, run.rounds, lambda peer: run.measure(peer, lambda p: load(p, run.seconds))
        )
        section = Section.of_rounds(f"{many} routes against {few}", results, baseline=f"-{few}")
        for peer in peers:
            times = [reloads.change(peer, number) for number in range(1, 6)]
            section.note(f"{peer.name}: a changed route is served {median(times) * 1000:.0f} ms after the edit")
        return section

    return with_started(run, peers, False, body)


def reload_under_load(run: Run) -> Section:
    """A steady open-loop load at half of saturation, without and with reloads one after the other."""
    peers = [replace(p, routes=p.routes | reloads.marker(0)) for p in run.peers() if isinstance(p, Headgate)]

    def body() -> Section:
        rows = []
        for peer in peers:
            wrk("/small")(run, peer, run.warmup)
            saturated = wrk("/small")(run, peer, run.seconds)
            rate = saturated.requests / saturated.seconds / 2
            quiet = run.tools.open_loop(peer.plain_port, rate, max(run.seconds, 20))
            command = run.tools.open_loop_command(peer.plain_port, rate, 1200)
            busy, times = reloads.under_load(peer, command, run.tools.cores, run.reload_count)
            for label, seen in (("without", quiet), ("with", open_loop_seen(busy))):
                rows.append(
                    {
                        "peer": peer.name,
                        "reloads": label,
                        "requests": seen.requests,
                        "requests/s": round(seen.requests / seen.seconds),
                        "p50 µs": seen.p50,
                        "p99 µs": seen.p99,
                        "p99.9 µs": seen.p999,
                        "failed, not 2xx, closed": seen.errors,
                        "p99 ratio": round(seen.p99 / quiet.p99, 2),
                        "edit to served, median ms": round(median(times) * 1000, 1) if label == "with" else "",
                    }
                )
        return Section.of_rows(f"{run.reload_count} reloads under load", rows)

    return with_started(run, peers, False, body)


def issuer_outage(run: Run) -> Section:
    """What callers with tokens see while their issuer changes keys, becomes slow, goes away and comes back."""
    peers = [peer for peer in run.peers() if isinstance(peer, Headgate)][:1]
    story = outage.Story(run.site.work)
    for peer in peers:
        outage.guard(peer, story.issuer)

    def body() -> Section:
        rows = [row for peer in peers for row in story.tell(peer)]
        calls = outage.CALLERS * outage.CALLS_PER_SECOND
        return Section.of_rows(f"An issuer's bad half minute: {calls} calls a second, keys fetched every second", rows)

    return with_started(run, peers, False, body)


def fresh_ports() -> dict[str, int]:
    return {name: processes.free_port() for name in ("plain_port", "tls_port", "admin_port")}


SCENARIOS: dict[str, Scenario] = {
    "h1-small": closed_loop("HTTP/1.1 keep-alive, 275-byte answer", False, wrk("/small")),
    "h1-apikey": closed_loop(
        "HTTP/1.1 keep-alive, 275-byte answer, API key and CEL expression; the other peers stay bare proxies",
        False,
        wrk("/small", API_KEY="key-7"),
        api_key,
    ),
    "h1-limits": closed_loop(
        "HTTP/1.1 keep-alive, 275-byte answer, API key and two rate limits; the other peers stay bare proxies",
        False,
        wrk("/small", API_KEY="key-7"),
        limited,
    ),
    "h1-metered": closed_loop(
        "HTTP/1.1 keep-alive, 275-byte answer, API key, two rate limits, a quota and a ledger; the other peers stay bare"
        " proxies",
        False,
        wrk("/small", API_KEY="key-7"),
        metered,
    ),
    "h1-jwt": with_tokens(
        "HTTP/1.1 keep-alive, 275-byte answer, known RS256 token, scope, two claims to header fields; nginx-lua looks the"
        " token up, the other peers stay bare proxies",
        0,
    ),
    "h1-jwt-new": with_tokens("As h1-jwt, with a new token in every hundredth request", tokens.FRESH),
    "h1-jwt-metered": with_tokens(
        "As h1-jwt, with two rate limits, a quota and a ledger; nginx-lua looks the token up and has a counter for each"
        " tenant, the other peers stay bare proxies",
        0,
        metered=True,
    ),
    "h1-1k": closed_loop("HTTP/1.1 keep-alive, 1 KiB answer", False, wrk("/files/1k")),
    "h1-64k": closed_loop("HTTP/1.1 keep-alive, 64 KiB answer", False, wrk("/files/64k")),
    "h1-1m": closed_loop("HTTP/1.1 keep-alive, 1 MiB answer", False, wrk("/files/1m", connections=16)),
    "h1-post64k": closed_loop(
        "HTTP/1.1 keep-alive, 64 KiB POST", False, wrk("/post", METHOD="POST", BODY_BYTES=str(POST_BYTES))
    ),
    "tls-small": closed_loop("HTTP/1.1 over TLS, keep-alive, 275-byte answer", True, wrk("/small", tls=True)),
    "h2-small": closed_loop("HTTP/2 over TLS, 10 connections of 32 streams, 275-byte answer", True, h2load),
    "tls-handshakes": closed_loop("Full TLS handshakes, one request on each connection", True, handshakes),
    "half-load": half_load,
    "shared-limits": shared_limits,
    "idle-connections": idle_connections,
    "heap": heap,
    "routes-100k": many_routes,
    "reloads": reload_under_load,
    "issuer-outage": issuer_outage,
    "store-outage": store_outage,
}
