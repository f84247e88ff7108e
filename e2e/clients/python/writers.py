"""Writes without end through kazoo and notes every acknowledged write in a file the moment it is acknowledged.

    writers.py <folder> <threads>        hosts in the environment variable HOSTS

Each thread alternates between creating a node of a new name (whose data is its own path) and setting its counter node
to the next number, and appends to <folder>/acknowledged-<thread>:

    c <path>                     a create was acknowledged
    s <path> <number> <version>  a set of that number was acknowledged; the node then had that version
    u                            a set's outcome is unknown: the connection broke before its reply

It prints `acknowledged <n>` several times a second, runs until its standard input is closed, and then prints
`violations <json>`: what was acknowledged in contradiction to what had been acknowledged before.
"""

import json
import os
import sys
import threading
import time

from kazoo.client import KazooClient
from kazoo.exceptions import (
    ConnectionClosedError,
    ConnectionLoss,
    NodeExistsError,
    NoNodeError,
    OperationTimeoutError,
    SessionExpiredError,
    SessionMovedError,
)

OUTCOME_UNKNOWN = (
    ConnectionClosedError,
    ConnectionLoss,
    OperationTimeoutError,
    SessionExpiredError,
    SessionMovedError,
)
NODES_PER_FOLDER = 1000

folder, threads = sys.argv[1], int(sys.argv[2])
hosts = os.environ["HOSTS"]
stopping = threading.Event()
acknowledged = [0] * threads
violations = []


def ensure(zk, path):
    """Creates a node of which nothing is noted, however often it takes."""
    while not stopping.is_set():
        try:
            zk.create(path, b"")
            return
        except NodeExistsError:
            return
        except OUTCOME_UNKNOWN:
            time.sleep(0.01)


def write(thread):
    retry = {"max_tries": -1, "delay": 0.02, "backoff": 1.3, "max_delay": 0.2}
    zk = KazooClient(hosts=hosts, timeout=10, connection_retry=retry)
    zk.start(timeout=30)
    root = "/durable/w%d" % thread
    counter = root + "/counter"
    for path in ("/durable", root, counter):
        ensure(zk, path)
    with open(os.path.join(folder, "acknowledged-%d" % thread), "ab", buffering=0) as notes:

        def note(line):
            notes.write(line.encode() + b"\n")

        number = 0
        sets = 0
        unknown = 0
        parent = ""
        while not stopping.is_set():
            if number % NODES_PER_FOLDER == 0:
                parent = "%s/d%04d" % (root, number // NODES_PER_FOLDER)
                ensure(zk, parent)
            number += 1
            path = "%s/n%07d" % (parent, number)
            try:
                zk.create(path, path.encode())
                note("c " + path)
                acknowledged[thread] += 1
            except OUTCOME_UNKNOWN:
                pass
            except (NodeExistsError, NoNodeError) as error:
                violations.append("create %s: %r" % (path, error))
            try:
                version = zk.set(counter, b"%d" % number).version
                note("s %s %d %d" % (counter, number, version))
                acknowledged[thread] += 1
                sets += 1
                # Each acknowledged set raised the version by one, each of unknown outcome by one or by none.
                if not sets <= version <= sets + unknown:
                    violations.append(
                        "set %s: version %d after %d sets, %d unknown" % (counter, version, sets, unknown)
                    )
            except OUTCOME_UNKNOWN:
                note("u")
                unknown += 1
            except NoNodeError as error:
                violations.append("set %s: %r" % (counter, error))
    zk.stop()
    zk.close()


running = [threading.Thread(target=write, args=(i,), daemon=True) for i in range(threads)]
for thread in running:
    thread.start()


def report():
    while any(thread.is_alive() for thread in running):
        print("acknowledged %d" % sum(acknowledged), flush=True)
        time.sleep(0.05)


threading.Thread(target=report, daemon=True).start()
sys.stdin.read()
stopping.set()
for thread in running:
    thread.join(60)
    if thread.is_alive():
        sys.exit("a writer did not come to an end")
print("violations " + json.dumps(violations), flush=True)
