"""One operation by kazoo, which prints the node's value: client.py HOSTS put PATH VALUE, or client.py HOSTS get PATH.

HOSTS may be srv:NAME, for the SRV records of a headless Service. client.py HOSTS list prints what they come to.
"""

import sys

from kazoo.client import KazooClient
from srv import member_list

hosts, action, *rest = sys.argv[1:]
hosts = member_list(hosts)
if action == "list":
    print(hosts)
    sys.exit()
client = KazooClient(hosts=hosts, timeout=10)
client.start(timeout=30)
path = rest[0]
if action == "put":
    client.ensure_path(path)
    client.set(path, rest[1].encode())
print(client.get(path)[0].decode())
client.stop()
