"""Changes of a running Headgate's configuration, watched from outside: a route answers with the number of the last
edit, so a reload has happened when that number comes back."""

import http.client
import os
import signal
import subprocess
import time
from pathlib import Path

from . import machine, processes
from .peers import Headgate

LIMIT_SECONDS = 30
EVERY_SECONDS = 0.1  # one after the other, they and the load would ask for more than the one core that both share


def marker(number: int) -> dict[str, str]:
    route = f'match: {{ path: /marker }}, auth: public, respond: {{ status: 200, body: "edit-{number}" }}'
    return {"marker.yaml": f"  marker: {{ {route} }}\n"}


def change(peer: Headgate, number: int) -> float:
    """Edits the marker, asks for a reload, and returns the seconds until the new answer is served."""
    java = next(pid for pid in machine.process_tree(peer.pid) if _command(pid) == "java")
    began = time.monotonic()
    for name, routes in marker(number).items():
        peer.write_routes(name, routes)
    os.kill(java, signal.SIGHUP)
    connection = http.client.HTTPConnection("127.0.0.1", peer.plain_port, timeout=10)
    try:
        while time.monotonic() - began < LIMIT_SECONDS:
            connection.request("GET", "/marker")
            if connection.getresponse().read() == f"edit-{number}".encode():
                return time.monotonic() - began
            time.sleep(0.001)
    finally:
        connection.close()
    raise SystemExit(f"{peer.name}: edit {number} was not served after {LIMIT_SECONDS} s")


def under_load(peer: Headgate, load_command: list[str], cores: str, count: int) -> tuple[str, list[float]]:
    """Makes `count` changes while a load runs; returns what the load printed, and the seconds of each change."""
    log = peer.site.work / "reload-load.log"
    load = processes.start(load_command, cores, log, stdout=subprocess.PIPE, text=True)
    try:
        time.sleep(1)
        times = []
        for number in range(1, count + 1):
            times.append(change(peer, number))
            time.sleep(max(0.0, EVERY_SECONDS - times[-1]))
        load.send_signal(signal.SIGINT)
        output, _ = load.communicate(timeout=30)
        return output, times
    finally:
        processes.stop(load)


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()
