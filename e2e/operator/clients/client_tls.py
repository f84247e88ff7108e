"""As client.py, by TLS: client_tls.py CA HOSTS put PATH VALUE. CA is PEM in base64; the certificate has to name the host."""

import base64
import sys
import tempfile

from kazoo.client import KazooClient

authority, hosts, action, path, *rest = sys.argv[1:]
# Of memory: nothing else may be writable.
with tempfile.NamedTemporaryFile(dir="/dev/shm", suffix=".pem") as file:
    file.write(base64.b64decode(authority))
    file.flush()
    client = KazooClient(
        hosts=hosts, timeout=10, use_ssl=True, ca=file.name, verify_certs=True, check_hostname=True
    )
    client.start(timeout=30)
    if action == "put":
        client.ensure_path(path)
        client.set(path, rest[0].encode())
    print(client.get(path)[0].decode())
    client.stop()
