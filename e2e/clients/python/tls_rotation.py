"""kazoo over TLS, with a client certificate, for as long as the scenario wants. What it prints and is told: tls-rotation/rotating-client.ts."""

import json
import os
import sys
import threading
import time

from kazoo.client import KazooClient, KazooState
from kazoo.handlers.threading import KazooTimeoutError

HOSTS, NAME, CERTIFICATES = (os.environ[name] for name in ("HOSTS", "NAME", "CERTIFICATES"))
ROOT = "/tls-rotation/"
SESSION_TIMEOUT_S = 15
PAUSE_S = 0.01
TELL_EVERY_S = 0.1
ASKED_AT_ONCE = 100

counts = {"writes": 0, "reads": 0, "connectionsLost": 0, "sessionsLost": 0, "longestGapMs": 0}
printing = threading.Lock()
ended = threading.Event()
step_changed = threading.Event()


def say(line):
    with printing:
        print(line, flush=True)


def client(folder):
    return KazooClient(
        hosts=HOSTS,
        timeout=SESSION_TIMEOUT_S,
        use_ssl=True,
        certfile=os.path.join(folder, "tls.crt"),
        keyfile=os.path.join(folder, "tls.key"),
        ca=os.path.join(folder, "ca.pem"),
        verify_certs=True,
        check_hostname=True,
        connection_retry={"max_tries": -1, "delay": 0.1, "max_delay": 0.5},
    )


def connect(number, timeout_ms, folder):
    other = client(folder)
    try:
        other.start(timeout=timeout_ms / 1000)
        path = other.create(ROOT + NAME + "-new", b"new", ephemeral=True)
        verdict = "connected" if other.get(path)[0] == b"new" else "read something else"
    except KazooTimeoutError:
        verdict = "refused"
    other.stop()
    other.close()
    say("verdict %s %s" % (number, verdict))


def obey():
    for line in sys.stdin:
        _, number, timeout_ms, folder = line.split(maxsplit=3)
        connect(number, int(timeout_ms), folder.strip())
    ended.set()


def listener(state):
    if state == KazooState.SUSPENDED:
        counts["connectionsLost"] += 1
        say("lost the connection")
    elif state == KazooState.LOST and not ended.is_set():
        counts["sessionsLost"] += 1
        say("lost the session")


zk = client(CERTIFICATES)
zk.start(timeout=30)
zk.add_listener(listener)
zk.create(ROOT + NAME, ephemeral=True)
zk.create(ROOT + NAME + "-writes", b"0")
step_changed.set()
say("ready")
threading.Thread(target=obey, daemon=True).start()

acknowledged = time.monotonic()
told = 0.0
while not ended.is_set():
    if step_changed.is_set():
        step_changed.clear()
        say("step " + zk.get(ROOT + "step", watch=lambda event: step_changed.set())[0].decode())
    value = b"%d" % (counts["writes"] + 1)
    # kazoo reads one message whenever its socket is readable: of several that come at once, by TLS, it must be woken for each.
    asked = [zk.exists_async(ROOT + NAME + "-writes") for _ in range(ASKED_AT_ONCE)]
    for answer in asked:
        answer.get(timeout=SESSION_TIMEOUT_S)
    zk.set(ROOT + NAME + "-writes", value)
    now = time.monotonic()
    counts["longestGapMs"] = max(counts["longestGapMs"], round((now - acknowledged) * 1000))
    acknowledged = now
    counts["writes"] += 1
    read = zk.get(ROOT + NAME + "-writes")[0]
    if read != value:
        sys.exit("wrote %r and read %r" % (value, read))
    counts["reads"] += 1
    if now - told >= TELL_EVERY_S:
        told = now
        say("progress " + json.dumps(counts))
    time.sleep(PAUSE_S)

say("progress " + json.dumps(counts))
zk.stop()
zk.close()
