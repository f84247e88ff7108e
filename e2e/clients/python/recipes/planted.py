"""Recipes with a mistake in them, each of which the checks have to find."""

from kazoo.recipe.counter import Counter
from kazoo.recipe.lock import Lock
from kazoo.recipe.queue import LockingQueue, Queue


def plant():
    Lock.acquire = lock_without_waiting
    Counter._inner_change = count_without_writing
    Queue.put = put_nothing
    LockingQueue.put = put_nothing


def begin_anew(member):
    """To its recipes as if its session had expired: it goes on with another one."""
    member.zk.restart()


def lock_without_waiting(self, blocking=True, timeout=None, ephemeral=True):
    self._ensure_path()
    node = self.client.create(self.create_path, self.data, ephemeral=True, sequence=True)
    self.node = node[len(self.path) + 1 :]
    self.is_acquired = True
    return True


def count_without_writing(self, value):
    self._value()


def put_nothing(self, value, priority=100):
    self._ensure_paths()
