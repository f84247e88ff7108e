"""Writes through kazoo until its standard input is closed, then looks for everything that was acknowledged.

    writers.py HOSTS THREADS FOLDER [CA]

HOSTS may be srv:NAME: its records are resolved once, at the start. CA, PEM in base64: by TLS, and the certificate has to name the host.

Each thread has a session of its own with an ephemeral node, and creates one node after the other. It prints `writing` once each has had a
write acknowledged and, at the end, one line of JSON:

    acknowledged    writes
    lost            of these, those that cannot be found afterwards
    sessionsLost    how often a session ended before its client did
    ephemeralsLost  ephemeral nodes that were gone though their sessions were not closed
    longestGapMs    the longest time without an acknowledged write, of all threads together
    longestWaitMs   the longest time that one of the threads was without
    wrong           what nobody should have been answered
"""

import base64
import json
import sys
import tempfile
import threading
import time

from kazoo.client import KazooClient, KazooState
from kazoo.exceptions import KazooException, NodeExistsError, NoNodeError
from kazoo.handlers.threading import KazooTimeoutError, SequentialThreadingHandler
from kazoo.retry import KazooRetry
from srv import member_list

SESSION_SECONDS = 15
CONNECT_SECONDS = 2
PAUSE_SECONDS = 0.005
SETTLE_SECONDS = 30
OUTCOME_UNKNOWN = (KazooException, KazooTimeoutError)

hosts, threads, folder = member_list(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
tls = {}
if len(sys.argv) > 4:
    # Of memory, as long as this program runs: nothing else may be writable.
    authority = tempfile.NamedTemporaryFile(dir="/dev/shm", suffix=".pem")
    authority.write(base64.b64decode(sys.argv[4]))
    authority.flush()
    tls = {"use_ssl": True, "ca": authority.name, "verify_certs": True, "check_hostname": True}
stopping = threading.Event()
closing = threading.Event()
wrong = []


class ImpatientHandler(SequentialThreadingHandler):
    """kazoo tries an address for as long as a session lasts. Whoever notices after two thirds of that time that its member is silent, and then
    tries that one first, has no session left by the next one, whatever the servers do."""

    def create_connection(self, *args, **kwargs):
        return super().create_connection(*args, **{**kwargs, "timeout": CONNECT_SECONDS})


def client():
    retry = {"max_tries": -1, "delay": 0.02, "backoff": 1.3, "max_delay": 0.2}
    zk = KazooClient(
        hosts=hosts, timeout=SESSION_SECONDS, connection_retry=retry, handler=ImpatientHandler(), **tls
    )
    zk.start(timeout=60)
    return zk


class Writer(threading.Thread):
    def __init__(self, number, zk):
        super().__init__(daemon=True)
        self.zk = zk
        self.folder = f"{folder}/w{number}"
        self.ephemeral = f"{folder}/alive-{number}"
        self.acknowledged = []
        self.times = []
        self.sessions_lost = 0
        zk.add_listener(self.note_state)
        zk.ensure_path(self.folder)
        zk.create(self.ephemeral, ephemeral=True)

    def note_state(self, state):
        if state == KazooState.LOST and not closing.is_set():
            self.sessions_lost += 1

    def run(self):
        number = 0
        while not stopping.is_set():
            number += 1
            name = f"n{number:07d}"
            try:
                self.zk.create(f"{self.folder}/{name}")
                self.acknowledged.append(name)
                self.times.append(time.monotonic())
            except (NodeExistsError, NoNodeError) as error:
                wrong.append(f"create {self.folder}/{name}: {error!r}")
            except OUTCOME_UNKNOWN:
                pass
            time.sleep(PAUSE_SECONDS)


def longest_ms(times):
    return round(1000 * max((after - before for before, after in zip(times, times[1:])), default=0))


writers = [Writer(number, client()) for number in range(threads)]
for writer in writers:
    writer.start()
while not all(writer.acknowledged for writer in writers):
    time.sleep(0.01)
print("writing", flush=True)
sys.stdin.read()
ended = time.monotonic()
stopping.set()
for writer in writers:
    writer.join(60)
    if writer.is_alive():
        sys.exit("a writer did not come to an end")

# Whoever has no connection at the end hears now what has become of its session.
for writer in writers:
    KazooRetry(max_tries=-1, deadline=SETTLE_SECONDS)(writer.zk.exists, folder)
reader = client()
reader.sync(folder)
lost, ephemerals_lost = 0, 0
for writer in writers:
    lost += len(set(writer.acknowledged) - set(reader.get_children(writer.folder)))
    ephemerals_lost += reader.exists(writer.ephemeral) is None
report = {
    "acknowledged": sum(len(writer.acknowledged) for writer in writers),
    "lost": lost,
    "sessionsLost": sum(writer.sessions_lost for writer in writers),
    "ephemeralsLost": ephemerals_lost,
    # Up to the end: who was never answered again was without for all that time.
    "longestGapMs": longest_ms(sorted(at for writer in writers for at in writer.times) + [ended]),
    "longestWaitMs": max(longest_ms(writer.times + [ended]) for writer in writers),
    "wrong": wrong[:20],
}
closing.set()
for zk in [reader, *(writer.zk for writer in writers)]:
    zk.stop()
print(json.dumps(report), flush=True)
