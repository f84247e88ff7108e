"""The clients: sessions that must live through everything that the scenario does to the members."""

import threading
import time

from kazoo.client import KazooClient
from kazoo.exceptions import (
    ConnectionClosedError,
    ConnectionLoss,
    OperationTimeoutError,
)
from kazoo.protocol.states import KazooState

START_TIMEOUT_S = 60
SESSION_TIMEOUT_S = 10
RETRY = {"max_tries": -1, "delay": 0.05, "backoff": 1.5, "max_delay": 0.5, "ignore_expire": False}

"""The connection broke before the answer came: nobody knows whether the operation was done."""
IN_DOUBT = (ConnectionClosedError, ConnectionLoss, OperationTimeoutError)

"""Between two uses of a recipe by one client, so that ten clients leave each other some room in one process."""
PAUSE_S = 0.02


def connect(hosts):
    zk = KazooClient(hosts=hosts, timeout=SESSION_TIMEOUT_S, connection_retry=RETRY, command_retry=RETRY)
    zk.start(timeout=START_TIMEOUT_S)
    return zk


class Member:
    """One client with one session, taking part in every recipe."""

    def __init__(self, hosts, name, record):
        self.name = name
        self.disconnections = 0
        self.record = record
        self.zk = connect(hosts)
        self._session = self.zk.client_id[0]
        self._ending = False
        self.zk.add_listener(self._listen)

    def _listen(self, state):
        if state == KazooState.SUSPENDED:
            self.disconnections += 1
        elif state == KazooState.LOST and not self._ending:
            self.record.contradiction("%s lost its session" % self.name)

    def close(self):
        if self.zk.client_id is None or self.zk.client_id[0] != self._session:
            self.record.contradiction("%s has another session than at first" % self.name)
        self._ending = True
        self.zk.stop()
        self.zk.close()


def repeat(stopping, member, step):
    """Runs `step` again and again in a thread of its own; only a broken connection may keep it from ending well."""

    def run():
        while not stopping.is_set():
            try:
                step()
            except IN_DOUBT:
                pass
            except Exception as error:  # whatever a recipe raises is a finding
                member.record.contradiction("%s in %s: %r" % (member.name, step.__qualname__, error))
                time.sleep(1)
            time.sleep(PAUSE_S)

    return threading.Thread(target=run, name="%s %s" % (member.name, step.__qualname__), daemon=True)
