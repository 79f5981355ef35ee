"""What a JVM's collector log (-Xlog:gc) says about a stretch of load."""

import re
from dataclasses import dataclass
from pathlib import Path

OPTION = "-Xlog:gc:file={}:uptime"
PAUSE = re.compile(r"\[([\d.]+)s\].* Pause .* (\d+)([KMG])->(\d+)([KMG])\(.*\) ([\d.]+)ms")
MIB = {"K": 1 / 1024, "M": 1, "G": 1024}


@dataclass(frozen=True)
class Pause:
    at: float  # seconds since the JVM started
    before: float  # MiB
    after: float
    took: float  # ms


def pauses(log: Path, offset: int = 0) -> list[Pause]:
    """The pauses logged from a byte offset on."""
    with log.open() as lines:
        lines.seek(offset)
        found = filter(None, map(PAUSE.search, lines))
        return [
            Pause(float(at), int(before) * MIB[unit], int(after) * MIB[then], float(took))
            for at, before, unit, after, then, took in (each.groups() for each in found)
        ]


def allocated_bytes(between: list[Pause]) -> tuple[float, float]:
    """Bytes allocated from the first pause to the last, and the seconds between them."""
    mib = sum(pause.before - previous.after for previous, pause in zip(between, between[1:]))
    return mib * 2**20, between[-1].at - between[0].at
