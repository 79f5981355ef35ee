"""Opens keep-alive connections, sends one request over each, then leaves them idle.

Usage: idle.py PORT PATH HOST COUNT FIRST_SOURCE. A thousand connections come from each of 127.0.0.FIRST_SOURCE and
the addresses after it. Prints `open N` when all are answered, waits for standard input to end, and prints
`closed N`, how many the other side closed meanwhile.
"""

import socket
import sys

PER_ADDRESS = 1000


def answer_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError(f"an answer without Content-Length: {head!r}")


def exchange(connection: socket.socket, request: bytes) -> None:
    connection.sendall(request)
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536) or sys.exit("closed before an answer")
    head, _, body = received.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 2"):
        sys.exit(f"refused: {head!r}")
    missing = answer_length(head) - len(body)
    while missing > 0:
        missing -= len(connection.recv(missing)) or sys.exit("closed within an answer")


def is_closed(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def main() -> None:
    port, path, host, count, first = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    connections = []
    for number in range(count):
        source = f"127.0.0.{first + number // PER_ADDRESS}"
        connection = socket.create_connection(("127.0.0.1", port), timeout=20, source_address=(source, 0))
        exchange(connection, request)
        connections.append(connection)
    print("open", len(connections), flush=True)
    sys.stdin.read()
    print("closed", sum(map(is_closed, connections)), flush=True)


main()
