"""Proves itself with passwords, rightly and wrongly, and writes them into access lists and nodes."""
import os

from kazoo.client import KazooClient
from kazoo.exceptions import KazooException, NoAuthError
from kazoo.security import make_acl, make_digest_acl

hosts, bob, root = (os.environ[name] for name in ("HOSTS", "BOB", "SUPER"))
user, password = bob.split(":")
proofs = 0

for host in hosts.split(","):
    path = "/secrets-" + host.split(":")[1]
    owner = KazooClient(hosts=host, auth_data=[("digest", bob)])
    owner.start()
    owner.create(path, password.encode(), acl=[make_digest_acl(user, password, all=True)])
    # What people mistake: the password itself in an access list.
    owner.set_acls(path, [make_acl("digest", bob, all=True), make_digest_acl(user, password, all=True)])
    admin = KazooClient(hosts=host)
    admin.start()
    admin.add_auth("digest", root)
    assert admin.get(path)[0] == password.encode()
    admin.set(path, b"seen")
    stranger = KazooClient(hosts=host)
    stranger.start()
    stranger.add_auth("digest", user + ":a guess")
    try:
        stranger.get(path)
        raise SystemExit("a guess was taken for the password")
    except NoAuthError:
        pass
    try:
        stranger.add_auth("of-no-use", bob)
        raise SystemExit("a scheme that is not there proved something")
    except KazooException:
        pass
    proofs += 4
    for client in (owner, admin, stranger):
        client.stop()
        client.close()

print("proved %d times" % proofs)
