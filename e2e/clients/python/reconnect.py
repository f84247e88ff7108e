"""A client whose member is killed goes on with another one, with the same session, and back again.

Talks to the scenario by lines: prints `ready`, waits for the word `killed` on its standard input, prints `moved`,
waits for `restarted`, then connects to the restarted member alone.
"""

import os
import sys
import threading

from kazoo.client import KazooClient, KazooState

HOSTS = os.environ["HOSTS"].split(",")
TIMEOUT_S = 30

suspended = threading.Event()
connected_again = threading.Event()
lost = threading.Event()


def listener(state):
    if state == KazooState.SUSPENDED:
        suspended.set()
    elif state == KazooState.LOST:
        lost.set()
    elif suspended.is_set():
        connected_again.set()


def wait_for(event, what):
    if not event.wait(TIMEOUT_S):
        sys.exit("not seen in %d s: %s" % (TIMEOUT_S, what))


def told(word):
    line = sys.stdin.readline().strip()
    if line != word:
        sys.exit("expected the word %s, not %r" % (word, line))


retry = {"max_tries": -1, "delay": 0.05, "backoff": 1.5, "max_delay": 0.5}
zk = KazooClient(hosts=",".join(HOSTS), randomize_hosts=False, timeout=15, connection_retry=retry)
zk.add_listener(listener)
zk.start(timeout=TIMEOUT_S)
session = zk.client_id[0]
zk.create("/reconnect", b"before")
print("ready", flush=True)

told("killed")
wait_for(suspended, "the loss of the connection")
wait_for(connected_again, "a new connection")
assert zk.client_id[0] == session, "the session changed from %x to %x" % (session, zk.client_id[0])
assert not lost.is_set(), "the session was lost"
assert zk.get("/reconnect")[0] == b"before"
zk.set("/reconnect", b"while away")
print("moved", flush=True)

told("restarted")
alone = KazooClient(hosts=HOSTS[0], timeout=15, connection_retry=retry)
alone.start(timeout=TIMEOUT_S)
alone.sync("/reconnect")
assert alone.get("/reconnect")[0] == b"while away"
alone.set("/reconnect", b"after")
zk.sync("/reconnect")
assert zk.get("/reconnect")[0] == b"after"
alone.stop()
zk.stop()
print("done", flush=True)
