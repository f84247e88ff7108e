"""Clients that live through a migration: each has a session with ephemeral nodes, and writes without end.

    moving.py <clients>        hosts in the environment variable HOSTS

It prints `acknowledged <n>` several times a second, runs until a line with other hosts comes on its standard input, and then looks there, by a client of
its own, for all that was acknowledged, and prints `account <json>`: writes acknowledged, those that are lost, ephemeral nodes lost, sessions lost, and the
longest time that a client went without an acknowledgement since an empty line came.
"""

import json
import os
import sys
import threading
import time

from kazoo.client import KazooClient, KazooState
from kazoo.exceptions import ConnectionClosedError, ConnectionLoss, OperationTimeoutError, SessionExpiredError

UNKNOWN = (ConnectionClosedError, ConnectionLoss, OperationTimeoutError)
EPHEMERALS = 5
RETRY = {"max_tries": -1, "delay": 0.02, "backoff": 1.3, "max_delay": 0.2}

hosts = os.environ["HOSTS"]
stopping = threading.Event()
began = threading.Barrier(int(sys.argv[1]) + 1)


class Mover:
    def __init__(self, number):
        self.root = "/moving/c%d" % number
        self.created, self.ephemerals, self.sequence = [], [], []
        self.counter = 0
        self.gap = 0.0
        self.sessions_lost = 0
        self.acknowledged = 0
        self.zk = KazooClient(hosts=hosts, timeout=10, connection_retry=RETRY)
        self.zk.add_listener(self.heard)
        self.last = 0.0

    def heard(self, state):
        if state == KazooState.LOST and not stopping.is_set():
            self.sessions_lost += 1

    def told(self):
        now = time.monotonic()
        self.gap = max(self.gap, now - self.last)
        self.last = now
        self.acknowledged += 1

    def run(self):
        self.zk.start(timeout=60)
        self.zk.ensure_path(self.root)
        self.zk.create(self.root + "/counter", b"0")
        for i in range(EPHEMERALS):
            self.ephemerals.append(self.zk.create("%s/e%d" % (self.root, i), b"alive", ephemeral=True))
        began.wait()
        self.last = time.monotonic()
        number = 0
        while not stopping.is_set():
            number += 1
            self.attempt(self.create, number)
            self.attempt(self.set, number)
            self.attempt(self.append, number)

    def attempt(self, write, number):
        try:
            write(number)
            self.told()
        except UNKNOWN:
            time.sleep(0.005)
        except SessionExpiredError:
            self.sessions_lost += 1

    def create(self, number):
        path = "%s/n%06d" % (self.root, number)
        self.zk.create(path, path.encode())
        self.created.append(path)

    def set(self, number):
        self.zk.set(self.root + "/counter", b"%d" % number)
        self.counter = number

    def append(self, _):
        self.sequence.append(self.zk.create(self.root + "/s-", b"", sequence=True))


def lost_by(mover, zk):
    there = {mover.root + "/" + name for name in zk.get_children(mover.root)}
    writes = [path for path in mover.created + mover.sequence if path not in there]
    if int(zk.get(mover.root + "/counter")[0]) < mover.counter:
        writes.append(mover.root + "/counter")
    if mover.sequence != sorted(set(mover.sequence)):
        writes.append(mover.root + "/s- counts backwards")
    return writes, [path for path in mover.ephemerals if path not in there]


movers = [Mover(i) for i in range(int(sys.argv[1]))]
threads = [threading.Thread(target=mover.run, daemon=True) for mover in movers]
for thread in threads:
    thread.start()
began.wait()


def report():
    while not stopping.is_set():
        print("acknowledged %d" % sum(mover.acknowledged for mover in movers), flush=True)
        time.sleep(0.05)


threading.Thread(target=report, daemon=True).start()
sys.stdin.readline()
for mover in movers:
    mover.gap = 0.0
after = sys.stdin.readline().strip()
stopping.set()
for thread in threads:
    thread.join(60)
witness = KazooClient(hosts=after)
witness.start(timeout=30)
lost = [lost_by(mover, witness) for mover in movers]
account = {
    "clients": len(movers),
    "acknowledged": sum(mover.acknowledged for mover in movers),
    "writesLost": sum((writes for writes, _ in lost), []),
    "ephemeralsLost": sum((ephemerals for _, ephemerals in lost), []),
    "sessionsLost": sum(mover.sessions_lost for mover in movers),
    "longestGapMs": round(max(mover.gap for mover in movers) * 1000),
}
print("account " + json.dumps(account), flush=True)
os._exit(0)
