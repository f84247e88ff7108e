"""SRV records, which Python's own resolver does not ask for."""

import socket
import struct

SRV = 33


def member_list(hosts):
    """HOSTS as kazoo takes them: of srv:NAME the targets of its records as they are now, HOST:PORT of each."""
    return resolve_srv(hosts[4:]) if hosts.startswith("srv:") else hosts


def resolve_srv(name):
    """Asks the first nameserver."""
    with open("/etc/resolv.conf") as lines:
        server = next(line.split()[1] for line in lines if line.startswith("nameserver"))
    question = b"".join(bytes([len(part)]) + part.encode() for part in name.rstrip(".").split(".")) + b"\0"
    query = struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0) + question + struct.pack(">HH", SRV, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(5)
        sock.sendto(query, (server, 53))
        answer = sock.recv(4096)
    count = struct.unpack(">H", answer[6:8])[0]
    at = 12 + len(question) + 4
    found = []
    for _ in range(count):
        _, at = read_name(answer, at)
        kind, _, _, length = struct.unpack(">HHIH", answer[at : at + 10])
        at += 10
        if kind == SRV:
            port = struct.unpack(">H", answer[at + 4 : at + 6])[0]
            target, _ = read_name(answer, at + 6)
            found.append(f"{target}:{port}")
        at += length
    return ",".join(sorted(found))


def read_name(message, at):
    """A name that may end in a pointer; returns it and the offset behind it."""
    parts, behind = [], None
    while message[at] != 0:
        if message[at] & 0xC0:
            behind = behind or at + 2
            at = struct.unpack(">H", message[at : at + 2])[0] & 0x3FFF
            continue
        parts.append(message[at + 1 : at + 1 + message[at]].decode())
        at += 1 + message[at]
    return ".".join(parts), behind or at + 1
