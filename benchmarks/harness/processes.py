"""What a run starts: each on its cores, each ended by its own id, whatever happens."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

_started: list[subprocess.Popen] = []


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start(command: list[str], cores: str, log: Path, **options) -> subprocess.Popen:
    """Starts a long-running process pinned to cores; it is told to end if this one dies."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            ["taskset", "-c", cores, "setpriv", "--pdeathsig", "TERM", *command],
            stdin=options.pop("stdin", subprocess.DEVNULL),
            stdout=options.pop("stdout", output),
            stderr=output,
            start_new_session=True,
            **options,
        )
    _started.append(process)
    return process


def stop(process: subprocess.Popen, grace: float = 5) -> None:
    """Ends a process started here, and its process group."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(grace)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    for stream in (process.stdin, process.stdout):
        if stream:
            stream.close()
    if process in _started:
        _started.remove(process)


def stop_all() -> None:
    for process in reversed(_started[:]):
        stop(process)


def output_of(command: list[str], cores: str, limit: float, env: dict[str, str] | None = None) -> str:
    """Runs a load to its end, or for `limit` seconds at most, and returns what it printed."""
    process = subprocess.Popen(
        ["taskset", "-c", cores, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | (env or {}),
    )
    _started.append(process)
    try:
        output, errors = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        raise SystemExit(f"not at its end after {limit:.0f} s: {' '.join(command)}") from None
    finally:
        stop(process)
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {process.returncode}: {errors.strip()}")
    return output


def wait_until(ready, process: subprocess.Popen, log: Path, seconds: float = 120) -> None:
    """Waits until `ready()` holds; gives up when the process ends or the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            if ready():
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"not ready: {' '.join(process.args)}\n" + log.read_text(errors="replace")[-3000:])
