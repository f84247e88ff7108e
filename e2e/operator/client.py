"""One operation by kazoo: client.py HOSTS put|get PATH [VALUE]. HOSTS may be srv:NAME, for the SRV records of a headless Service."""
import socket
import struct
import sys

from kazoo.client import KazooClient


def resolve_srv(name):
    """Asks the first nameserver for SRV records: HOST:PORT of each."""
    with open("/etc/resolv.conf") as lines:
        server = next(line.split()[1] for line in lines if line.startswith("nameserver"))
    question = b"".join(bytes([len(part)]) + part.encode() for part in name.rstrip(".").split(".")) + b"\0"
    query = struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0) + question + struct.pack(">HH", 33, 1)
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
        if kind == 33:
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


hosts, action, path = sys.argv[1:4]
if hosts.startswith("srv:"):
    hosts = resolve_srv(hosts[4:])
client = KazooClient(hosts=hosts, timeout=10)
client.start(timeout=30)
if action == "put":
    value = sys.argv[4].encode()
    client.ensure_path(path)
    client.set(path, value)
print(client.get(path)[0].decode())
client.stop()
