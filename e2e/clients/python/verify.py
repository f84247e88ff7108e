"""Looks on every member, one by one, for every write that the writers noted as acknowledged.

    verify.py <folder> <seed>            hosts in the environment variable HOSTS

Every name is looked for in the listings of its folder; of a sample the data is read too; of every counter the number and
the version. Prints one line of JSON: what was looked at, and what is wrong.
"""

import collections
import glob
import json
import os
import random
import sys

from kazoo.client import KazooClient
from kazoo.exceptions import NoNodeError

DATA_SAMPLE = 2000
MAX_SHOWN = 20

folder, seed = sys.argv[1], int(sys.argv[2])
hosts = os.environ["HOSTS"].split(",")

created = []
names = collections.defaultdict(set)
counters = {}
for file in sorted(glob.glob(os.path.join(folder, "acknowledged-*"))):
    path, number, sets, unknown = None, 0, 0, 0
    for line in open(file):
        fields = line.split()
        if fields[0] == "c":
            created.append(fields[1])
            parent, name = fields[1].rsplit("/", 1)
            names[parent].add(name)
        elif fields[0] == "s":
            path, number, sets = fields[1], int(fields[2]), sets + 1
        else:
            unknown += 1
    if path is not None:
        counters[path] = (number, sets, unknown)

wrong = []
for host in hosts:
    zk = KazooClient(hosts=host, timeout=20)
    zk.start(timeout=60)
    zk.sync("/durable")
    for parent, expected in names.items():
        try:
            missing = expected - set(zk.get_children(parent))
        except NoNodeError:
            missing = expected
        wrong += ["%s: %s/%s is missing" % (host, parent, name) for name in sorted(missing)]
    sample = random.Random(seed).sample(created, min(DATA_SAMPLE, len(created)))
    for path, result in [(path, zk.get_async(path)) for path in sample]:
        try:
            data = result.get(timeout=60)[0]
            if data != path.encode():
                wrong.append("%s: %s holds %r" % (host, path, data))
        except NoNodeError:
            wrong.append("%s: %s cannot be read" % (host, path))
    for path, (number, sets, unknown) in counters.items():
        data, stat = zk.get(path)
        if int(data) < number:
            wrong.append("%s: %s went back from %d to %s" % (host, path, number, data))
        if not sets <= stat.version <= sets + unknown:
            wrong.append(
                "%s: %s has version %d after %d sets, %d unknown" % (host, path, stat.version, sets, unknown)
            )
    zk.stop()
    zk.close()

print(
    json.dumps(
        {
            "members": len(hosts),
            "creates": len(created),
            "sets": sum(sets for _, sets, _ in counters.values()),
            "unknown": sum(unknown for _, _, unknown in counters.values()),
            "wrong": len(wrong),
            "shown": wrong[:MAX_SHOWN],
        }
    )
)
