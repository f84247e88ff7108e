"""What a port shows by TLS, and whether it speaks without: tls.py HOST PORT CA. CA is PEM in base64.

Prints one line of JSON:

    plain   what comes back without TLS: "" where the connection is closed
    serial  of the certificate that is shown, once it is verified for HOST by CA alone
    error   why it is not, or ""
"""

import base64
import json
import socket
import ssl
import sys

host, port, authority = sys.argv[1], int(sys.argv[2]), base64.b64decode(sys.argv[3]).decode()
SECONDS = 10


def plainly():
    try:
        with socket.create_connection((host, port), SECONDS) as sock:
            sock.sendall(b"ROOKPEER and what comes behind it")
            return sock.recv(1024).decode("latin1")
    except ConnectionError:
        return ""


def by_tls():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=authority)
    try:
        with socket.create_connection((host, port), SECONDS) as sock:
            with context.wrap_socket(sock, server_hostname=host) as shown:
                return {"serial": shown.getpeercert()["serialNumber"], "error": ""}
    except ssl.SSLError as error:
        return {"serial": "", "error": str(error)}


print(json.dumps({"plain": plainly(), **by_tls()}))
