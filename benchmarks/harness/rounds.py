"""Interleaved rounds: every peer is warmed up, then measured in turn, again and again, so that what disturbs the
machine for a while disturbs all of them."""

import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median

from . import machine
from .loads import Seen
from .peers import Peer

# How much of the gateway's core may go to other processes before a round counts as disturbed. Interrupts that the
# kernel charges to nobody are in it too.
FOREIGN_SHARE = 0.10


@dataclass(frozen=True)
class Round:
    """One measured round of one peer."""

    seen: Seen
    rate: float  # requests/s
    cpu_us: float  # CPU time of the gateway for each request
    gateway_busy: float  # share of the gateway's core in use
    load_busy: float  # share of the first load core in use
    foreign: float  # share of the gateway's core used by others

    @property
    def per_core(self) -> float:
        """Requests/s that a fully used core would answer."""
        return 1e6 / self.cpu_us if self.cpu_us else 0

    def as_dict(self) -> dict:
        return asdict(self)


Load = Callable[[Peer], Seen]
Results = dict[str, list[Round]]


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def measure(peer: Peer, load: Load, gateway_core: int, load_core: int) -> Round:
    cpu, clock = machine.cpu_seconds(peer.pid), time.monotonic()
    gateway, loader = machine.busy_seconds(gateway_core), machine.busy_seconds(load_core)
    seen = load(peer)
    wall = time.monotonic() - clock
    cpu = machine.cpu_seconds(peer.pid) - cpu
    gateway = machine.busy_seconds(gateway_core) - gateway
    loader = machine.busy_seconds(load_core) - loader
    return Round(
        seen=seen,
        rate=seen.requests / seen.seconds,
        cpu_us=cpu / seen.requests * 1e6 if seen.requests else 0,
        gateway_busy=gateway / wall,
        load_busy=loader / wall,
        foreign=max(0.0, gateway - cpu) / wall,
    )


def interleave(peers: list[Peer], rounds: int, one: Callable[[Peer], Round]) -> Results:
    results: Results = {peer.name: [] for peer in peers}
    for number in range(1, rounds + 1):
        for peer in peers:
            result = one(peer)
            results[peer.name].append(result)
            disturbed = f", disturbed: {result.foreign:.0%} of the core" if result.foreign > FOREIGN_SHARE else ""
            say(
                f"  round {number} {peer.name:<22} {result.rate:>9.0f}/s {result.cpu_us:>8.2f} µs"
                f"  p99 {result.seen.p99:>8.0f} µs  errors {result.seen.errors}{disturbed}"
            )
    return results


def medians(rounds: list[Round], baseline: list[Round] | None) -> dict:
    """The middle of each figure; ratios are taken round by round, against the baseline's round beside it."""

    def middle(figure: Callable[[Round], float]) -> float:
        return median(map(figure, rounds))

    def ratio(figure: Callable[[Round], float]) -> float | None:
        if not baseline:
            return None
        return median(figure(a) / figure(b) if figure(b) else 0 for a, b in zip(rounds, baseline))

    return {
        "rate": middle(lambda r: r.rate),
        "per_core": middle(lambda r: r.per_core),
        "cpu_us": middle(lambda r: r.cpu_us),
        "cpu_us_min": min(r.cpu_us for r in rounds),
        "cpu_us_max": max(r.cpu_us for r in rounds),
        "p50": middle(lambda r: r.seen.p50),
        "p99": middle(lambda r: r.seen.p99),
        "p999": middle(lambda r: r.seen.p999),
        "gateway_busy": middle(lambda r: r.gateway_busy),
        "load_busy": middle(lambda r: r.load_busy),
        "errors": sum(r.seen.errors for r in rounds),
        "disturbed": sum(r.foreign > FOREIGN_SHARE for r in rounds),
        "cpu_ratio": ratio(lambda r: r.cpu_us),
        "rate_ratio": ratio(lambda r: r.rate),
        "p99_ratio": ratio(lambda r: r.seen.p99),
    }
