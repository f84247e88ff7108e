"""As client.py, by a user of the scheme digest: super_user.py HOSTS USER:PASSWORD close PATH VALUE makes a node for that user alone, … get PATH reads it.

Prints `refused` where the user may not.
"""

import sys

from kazoo.client import KazooClient
from kazoo.exceptions import AuthFailedError, NoAuthError
from kazoo.security import CREATOR_ALL_ACL

hosts, who, action, path, *rest = sys.argv[1:]
client = KazooClient(hosts=hosts, timeout=10, auth_data=[("digest", who)])
client.start(timeout=30)
try:
    if action == "close":
        client.create(path, rest[0].encode(), acl=CREATOR_ALL_ACL)
    print(client.get(path)[0].decode())
except (AuthFailedError, NoAuthError):
    print("refused")
client.stop()
