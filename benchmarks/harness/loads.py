"""What is asked of a gateway, by which tool, and what the tool saw."""

import json
import math
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import processes

SOURCES = Path(__file__).resolve().parent.parent / "load"
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Seen:
    """What a load saw; latencies in microseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float
    p999: float
    errors: int  # answers that are not 2xx, and broken or closed connections


@dataclass(frozen=True)
class Tools:
    """The load tools written here, compiled on the spot."""

    work: Path
    cores: str

    def compile(self) -> None:
        for name, libraries in (("openload", ["-lm"]), ("handshakes", ["-lssl", "-lcrypto", "-lpthread"])):
            source, binary = SOURCES / f"{name}.c", self.work / name
            if not binary.exists() or binary.stat().st_mtime < source.stat().st_mtime:
                subprocess.run(["gcc", "-O2", "-o", str(binary), str(source), *libraries], check=True)

    def wrk(self, url: str, seconds: float, connections: int = 64, **lua: str) -> Seen:
        """Closed loop, HTTP/1.1 with keep-alive."""
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--timeout", "10s"]
        command += ["-s", str(SOURCES / "wrk.lua"), url]
        output = processes.output_of(command, self.cores, seconds + 30, lua)
        seen = json.loads(output.splitlines()[-1])
        return Seen(errors=seen.pop("non2xx") + seen.pop("socket_errors"), **seen)

    def h2load(self, url: str, seconds: float, connections: int = 10, streams: int = 32) -> Seen:
        """Closed loop, HTTP/2.

        h2load 1.52 does not always end after its own -D, so each run has a number of requests: few at first, then as
        many as the rate seen promises for the rest of the time.
        """
        latencies, errors, spent, rate = [], 0, 0.0, 500.0
        while spent < 0.9 * seconds:
            requests = max(connections * streams, int(rate * (seconds - spent)))
            took, seen, failed = self._h2load_once(url, requests, connections, streams)
            latencies += seen
            errors += failed
            spent += took
            rate = requests / took
        latencies.sort()

        def percentile(p: float) -> float:
            return latencies[max(0, math.ceil(p / 100 * len(latencies)) - 1)]

        return Seen(len(latencies), spent, percentile(50), percentile(99), percentile(99.9), errors)

    def _h2load_once(self, url: str, requests: int, connections: int, streams: int) -> tuple[float, list[int], int]:
        log = self.work / "h2load.tsv"
        log.unlink(missing_ok=True)
        command = ["h2load", f"-n{requests}", f"-c{connections}", f"-m{streams}", "-t1", f"--log-file={log}", url]
        output = processes.output_of(command, self.cores, 300)
        value, unit = re.search(r"finished in ([\d.]+)(us|ms|s)", output).groups()
        rows = [row.split("\t") for row in log.read_text().splitlines()]
        failed = requests - sum(status.startswith("2") for _, status, _ in rows)
        return float(value) * {"us": 1e-6, "ms": 1e-3, "s": 1}[unit], [int(latency) for *_, latency in rows], failed

    def open_loop(self, port: int, rate: float, seconds: float, connections: int = 64) -> Seen:
        """Open loop, HTTP/1.1 with keep-alive, at a fixed mean rate."""
        output = processes.output_of(self.open_loop_command(port, rate, seconds, connections), self.cores, seconds + 30)
        return open_loop_seen(output)

    def open_loop_command(self, port: int, rate: float, seconds: float, connections: int = 64) -> list[str]:
        tool = str(self.work / "openload")
        return [tool, HOST, str(port), "/small", HOST, str(connections), f"{rate:.0f}", f"{seconds:.0f}"]

    def handshakes(self, port: int, seconds: float, threads: int = 32) -> Seen:
        """Closed loop, a full TLS handshake and one request on each connection."""
        command = [str(self.work / "handshakes"), HOST, str(port), "/small", "localhost", str(threads), f"{seconds:.0f}"]
        return Seen(**json.loads(processes.output_of(command, self.cores, seconds + 30)))

    def idle(self, port: int, count: int) -> list[subprocess.Popen]:
        """Opens connections that stay idle, from several processes, since each may open only so many files."""
        log = self.work / "idle.log"
        holders = []
        for first in range(0, count, 8000):
            batch = str(min(8000, count - first))
            source = str(2 + first // 1000)
            command = ["python3", str(SOURCES / "idle.py"), str(port), "/small", HOST, batch, source]
            options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
            holders.append(processes.start(command, self.cores, log, **options))
        for holder in holders:
            if not holder.stdout.readline().startswith("open"):
                raise SystemExit("idle connections were refused:\n" + log.read_text()[-1000:])
        return holders


def open_loop_seen(output: str) -> Seen:
    seen = json.loads(output)
    errors = seen["non2xx"] + seen["failed"] + seen["closed"]
    return Seen(seen["requests"], seen["seconds"], seen["p50"], seen["p99"], seen["p999"], errors)
