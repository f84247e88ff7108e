"""
Waits until the group `workers` has exactly these members and one of them as its leader, prints the leader, and uses a group of its own.

  look.py <url> <name of its own group> <member>…
"""

import sys
import time

from kazoo.exceptions import KazooException
from tooz import ToozError, coordination

GROUP = b"workers"
# A tooz driver for ZooKeeper keeps the candidates for the leadership below the group, and counts their node as a member.
CANDIDATES = b"leader"
TIMEOUT_S = 45
LOOK_S = 0.2


def await_leader(coordinator, expected):
    deadline = time.monotonic() + TIMEOUT_S
    seen = None
    while time.monotonic() < deadline:
        try:
            members = coordinator.get_members(GROUP).get() - {CANDIDATES}
            leader = coordinator.get_leader(GROUP).get()
            seen = members, leader
            if members == expected and leader in expected:
                return leader
        except (ToozError, KazooException) as error:
            seen = error
        time.sleep(LOOK_S)
    sys.exit(f"the group does not have the members {expected} and one as leader after {TIMEOUT_S} s, but {seen!r}")


def check(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: {found!r} instead of {expected!r}")


def use_group(coordinator, group, me):
    coordinator.create_group(group).get()
    try:
        coordinator.create_group(group).get()
        sys.exit(f"{group!r} could be created twice")
    except coordination.GroupAlreadyExist:
        pass
    check("is among the groups", group in coordinator.get_groups().get(), True)
    coordinator.join_group(group, {"weight": 1}).get()
    check("capabilities", coordinator.get_member_capabilities(group, me).get(), {"weight": 1})
    coordinator.update_capabilities(group, {"weight": 2}).get()
    check("members", coordinator.get_members_with_capabilities(group).get(), {me: {"weight": 2}})
    try:
        coordinator.delete_group(group).get()
        sys.exit(f"{group!r} could be deleted with a member in it")
    except coordination.GroupNotEmpty:
        pass
    coordinator.leave_group(group).get()
    coordinator.delete_group(group).get()
    check("is among the groups after its deletion", group in coordinator.get_groups().get(), False)


def check_capabilities(coordinator, expected):
    told = coordinator.get_members_with_capabilities(GROUP).get()
    for member in expected:
        check(f"capabilities of {member!r}", told.get(member), {"of": member.decode()})


def main(url, group, *members):
    me = b"look"
    expected = {member.encode() for member in members}
    coordinator = coordination.get_coordinator(url, me)
    coordinator.start()
    leader = await_leader(coordinator, expected)
    check_capabilities(coordinator, expected)
    use_group(coordinator, group.encode(), me)
    coordinator.stop()
    print(leader.decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
