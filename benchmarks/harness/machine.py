"""The machine: its description, its cores, and what a process costs."""

import os
import platform
import re
import resource
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")

PACKAGES = {  # command: Debian package
    "redis-server": "redis-server",
    "nginx": "nginx",
    "haproxy": "haproxy",
    "wrk": "wrk",
    "h2load": "nghttp2-client",
    "gcc": "gcc",
    "openssl": "openssl",
    "taskset": "util-linux",
    "mvn": "maven",
}


LUA_MODULE = Path("/usr/lib/nginx/modules/ngx_http_lua_module.so")


def install_missing(commands: list[str], lua: bool) -> None:
    packages = [PACKAGES[command] for command in commands if shutil.which(command) is None]
    if lua and not LUA_MODULE.exists():
        packages += ["libnginx-mod-http-lua", "lua-cjson"]
    if not Path("/usr/include/openssl/ssl.h").exists():
        packages += ["libssl-dev", "libc6-dev"]
    if packages:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], check=True)


def java_home() -> Path:
    """A JDK 25: JAVA_HOME, or the usual folders."""
    candidates = [os.environ.get("JAVA_HOME", ""), *sorted(map(str, Path("/usr/lib/jvm").glob("*25*")))]
    for candidate in candidates:
        release = Path(candidate) / "release"
        if candidate and release.exists() and 'JAVA_VERSION="25' in release.read_text():
            return Path(candidate)
    raise SystemExit("no JDK 25 found: set JAVA_HOME")


def raise_descriptor_limit() -> int:
    """Raises the limit on open files as far as this user may, and returns it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (65536, hard):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(wanted, hard)))
            return wanted
        except (ValueError, OSError):
            continue
    return hard


def _first_line(command: list[str]) -> str:
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return result.stdout.splitlines()[0].strip() if result.stdout else "?"


def describe() -> dict[str, str]:
    cpu = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    jdk = re.findall(r'^(?:IMPLEMENTOR|JAVA_RUNTIME_VERSION)="(.*)"', (java_home() / "release").read_text(), re.M)
    return {
        "cpu": cpu.group(1) if cpu else platform.machine(),
        "cores": str(os.cpu_count()),
        "memory": f"{int(memory.group(1)) / 2**20:.0f} GiB" if memory else "?",
        "kernel": platform.release(),
        "jdk": " ".join(jdk),
        "nginx": _first_line(["nginx", "-v"]).removeprefix("nginx version: "),
        "haproxy": " ".join(_first_line(["haproxy", "-v"]).split()[:3]),
        "wrk": " ".join(_first_line(["wrk", "-v"]).split()[:2]),
        "h2load": _first_line(["h2load", "--version"]),
        "openssl": _first_line(["openssl", "version"]),
    }


def process_tree(pid: int) -> list[int]:
    """The process and all its descendants."""
    found, pending = [], [pid]
    while pending:
        each = pending.pop()
        found.append(each)
        for children in Path(f"/proc/{each}/task").glob("*/children"):
            pending += map(int, children.read_text().split())
    return found


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and its descendants, all threads, user and system."""
    ticks = 0
    for each in process_tree(pid):
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICK


@dataclass(frozen=True)
class Memory:
    """KiB of a process and its descendants."""

    resident: int
    proportional: int


def memory(pid: int) -> Memory:
    resident = proportional = 0
    for each in process_tree(pid):
        rollup = Path(f"/proc/{each}/smaps_rollup").read_text()
        resident += int(re.search(r"^Rss:\s+(\d+)", rollup, re.M).group(1))
        proportional += int(re.search(r"^Pss:\s+(\d+)", rollup, re.M).group(1))
    return Memory(resident, proportional)


def busy_seconds(core: int) -> float:
    """Time that a core has not been idle since the machine started."""
    for line in Path("/proc/stat").read_text().splitlines():
        if line.startswith(f"cpu{core} "):
            user, nice, system, _idle, _wait, irq, softirq, steal = map(int, line.split()[1:9])
            return (user + nice + system + irq + softirq + steal) / TICK
    raise ValueError(f"no core {core}")
