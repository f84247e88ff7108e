"""A client that stays with one member, writes a node there and watches it: reader.py HOSTS PATH VALUE.

Prints the mode of the member that it is connected to as the word srvr says it, then, one line each, what the node holds: VALUE once it is
written, and every value that a watch tells of. Ends with its standard input.
"""

import sys

from kazoo.client import KazooClient

hosts, path, value = sys.argv[1:]
client = KazooClient(hosts=hosts, timeout=10)
client.start(timeout=30)
words = client.command(b"srvr")
print(next(line for line in words.splitlines() if line.startswith("Mode:")), flush=True)
client.create(path, value.encode(), makepath=True)


@client.DataWatch(path)
def tell(data, _stat):
    if data is not None:
        print(data.decode(), flush=True)


sys.stdin.read()
client.stop()
