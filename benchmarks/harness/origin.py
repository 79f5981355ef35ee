"""The origin: an nginx that answers from memory and never closes a connection first."""

import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import processes

SMALL_ANSWER_BYTES = 275  # status line, headers and body together
FILES = {"1k": 1 << 10, "64k": 64 << 10, "1m": 1 << 20}

# A POST is read to its end before it is answered (mirror reads it in nginx's precontent phase); a static location
# then declines the method, which the named location turns into the answer.
CONFIGURATION = """
{user}
daemon off;
worker_processes 1;
pid {work}/origin.pid;
error_log {work}/origin.error.log warn;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  server_tokens off;
  sendfile on;
  tcp_nopush on;
  tcp_nodelay on;
  open_file_cache max=100 inactive=1h;
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  client_max_body_size 0;
  client_body_buffer_size 256k;
  default_type application/json;
  client_body_temp_path {work}/origin-temp;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    root {work}/files;
    location / {{ return 200 '{small}'; }}
    location /files/ {{ alias {work}/files/; }}
    location /post {{ mirror /discard; error_page 404 405 =200 @posted; }}
    location @posted {{ return 200 '{{"ok":true}}'; }}
    location = /discard {{ internal; return 204; }}
  }}
}}
"""


def small_body() -> str:
    head = (
        "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
        "Content-Type: application/json\r\nContent-Length: 100\r\nConnection: keep-alive\r\n\r\n"
    )
    frame = '{"id":7,"note":""}'
    return frame[:-2] + "x" * (SMALL_ANSWER_BYTES - len(head) - len(frame)) + frame[-2:]


@dataclass(frozen=True)
class Origin:
    port: int
    process: subprocess.Popen


def start(work: Path, cores: str, user: str) -> Origin:
    files = work / "files"
    files.mkdir(exist_ok=True)
    for name, size in FILES.items():
        (files / name).write_bytes(b"x" * size)
    port = processes.free_port()
    configuration = work / "origin.conf"
    configuration.write_text(CONFIGURATION.format(work=work, port=port, small=small_body(), user=user))
    log = work / "origin.log"
    process = processes.start(["nginx", "-c", str(configuration)], cores, log)
    processes.wait_until(lambda: len(_raw_answer(port)) == SMALL_ANSWER_BYTES, process, log, 10)
    return Origin(port, process)


def _raw_answer(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"GET /small HTTP/1.1\r\nHost: origin\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while part := connection.recv(4096):
            received += part
        return received
