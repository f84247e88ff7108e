"""Load of kazoo over one connection. What it is told and prints: ceilings/run.ts."""

import os
import sys
import threading
import time

from kazoo.client import KazooClient

path = os.environ["PATH_OF_NODE"]
seconds, depth = float(os.environ["SECONDS"]), int(os.environ["DEPTH"])
value = b"v" * int(os.environ["BYTES"])
zk = KazooClient(hosts=os.environ["HOSTS"])
zk.start()
over = threading.Event()
lanes = depth
operations = 0
began = time.monotonic()
ends_at = began + seconds


def ask():
    pending = zk.set_async(path, value) if os.environ["WORK"] == "set" else zk.get_async(path)
    pending.rawlink(answered)


def answered(pending):
    """In kazoo's one thread for callbacks."""
    global lanes, operations
    pending.get()
    operations += 1
    if time.monotonic() < ends_at:
        ask()
        return
    lanes -= 1
    if lanes == 0:
        over.set()


for _ in range(depth):
    ask()
over.wait()
print("done %d %f" % (operations, time.monotonic() - began), flush=True)
sys.stdin.read()
zk.stop()
