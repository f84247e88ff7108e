"""
A service of which several run: a member of the group `workers`, and a candidate for its leadership; it logs who joins, who leaves, and when it is elected.

  worker.py <url> <name>
"""

import logging
import sys
import time

from kazoo.exceptions import KazooException
from tooz import ToozError, coordination

GROUP = b"workers"
ROUND_S = 0.5

log = logging.getLogger("worker")


def main(url, name):
    coordinator = coordination.get_coordinator(url, name.encode())
    coordinator.start(start_heart=True)
    coordinator.join_group_create(GROUP, {"of": name})
    coordinator.watch_join_group(GROUP, lambda event: log.info("joined %s", event.member_id.decode()))
    coordinator.watch_leave_group(GROUP, lambda event: log.info("left %s", event.member_id.decode()))
    coordinator.watch_elected_as_leader(GROUP, lambda event: log.info("elected %s", event.member_id.decode()))
    log.info("watching")
    while True:
        try:
            coordinator.run_watchers()
        except (ToozError, KazooException) as error:
            # The connection went: the next round finds it again.
            log.info("watchers not run: %r", error)
        time.sleep(ROUND_S)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    main(*sys.argv[1:])
