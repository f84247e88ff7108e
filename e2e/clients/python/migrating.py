"""A client that knows nothing of it goes on while what it is connected to becomes another system.

Talks to the scenario by lines: prints `ready`, waits for the word `moved` on its standard input, prints `done`.
"""

import os
import sys
import threading

from kazoo.client import KazooClient, KazooState

TIMEOUT_S = 60

suspended = threading.Event()
again = threading.Event()
lost = threading.Event()


def listener(state):
    if state == KazooState.SUSPENDED:
        suspended.set()
    elif state == KazooState.LOST:
        lost.set()
    elif suspended.is_set():
        again.set()


retry = {"max_tries": -1, "delay": 0.05, "backoff": 1.5, "max_delay": 0.5}
zk = KazooClient(hosts=os.environ["HOSTS"], timeout=40, connection_retry=retry)
zk.add_listener(listener)
zk.start(timeout=TIMEOUT_S)
zk.create("/python", b"")
zk.create("/python/held", b"mine", ephemeral=True)
numbered = [zk.create("/python/n-", b"", sequence=True) for _ in range(3)]
zk.delete(numbered[-1])
lock = zk.Lock("/python-lock", "me")
assert lock.acquire(timeout=TIMEOUT_S)
changes = []
zk.DataWatch("/python", lambda data, stat: changes.append(data))
print("ready", flush=True)

if sys.stdin.readline().strip() != "moved":
    sys.exit("expected the word moved")
if not again.wait(TIMEOUT_S):
    sys.exit("no connection again in %d s" % TIMEOUT_S)
assert not lost.is_set(), "the session was lost"
stat = zk.exists("/python/held")
assert stat is not None, "the ephemeral node is gone"
assert stat.ephemeralOwner == zk.client_id[0], "the ephemeral node is another session's"
assert lock.is_acquired and zk.exists("/python-lock/" + lock.node), "the lock is gone"
path = zk.create("/python/n-", b"", sequence=True)
assert path == "/python/n-0000000004", "the next number is that of %s" % path
created = zk.exists(path).czxid
assert created > zk.exists("/python").czxid, "zxids went back"
zk.set("/python", b"here")
zk.sync("/python")
assert changes[-1] == b"here", "the watch is gone: %r" % changes
lock.release()
zk.stop()
zk.close()

# Its nodes went with the session, which was ended as its own.
other = KazooClient(hosts=os.environ["HOSTS"], timeout=10, connection_retry=retry)
other.start(timeout=TIMEOUT_S)
other.sync("/python")
assert other.exists("/python/held") is None, "the ephemeral node outlived its session"
other.stop()
print("done", flush=True)
