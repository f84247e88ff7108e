"""
Rows of one table, at whichever node Patroni's REST API says is the primary.

  rows.py load <nodes> <file>   inserts them one by one, as e2e/neighbours/load.ts asks of a load; the file gets the numbers of those acknowledged
  rows.py lost <nodes> <file>   prints how many of those in the file the primary does not have
  rows.py parameter <nodes> <name=value>   waits until PostgreSQL of every node has the parameter

nodes: rest-port:postgres-port,… of 127.0.0.1. User and password are PGUSER's and PGPASSWORD's.
"""

import json
import sys
import threading
import time
import urllib.error
import urllib.request

import psycopg2

HOST = "127.0.0.1"
PAUSE_S = 0.01
RETRY_S = 0.1
TOLD_EVERY_S = 0.1
PRIMARY_TIMEOUT_S = 60
PARAMETER_TIMEOUT_S = 60


def primary_port(nodes):
    """Of PostgreSQL; None while nobody says that it is the primary."""
    for rest, postgres in nodes:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{rest}/primary", timeout=2):
                return postgres
        except OSError:
            # Not it (503), or not there.
            continue
    return None


def connected(port):
    made = psycopg2.connect(host=HOST, port=port, dbname="postgres", connect_timeout=5)
    made.autocommit = True
    return made


def connection(nodes):
    """None while there is none. No timeout of statements: to cancel one that waits for the standby is to have it acknowledged without the standby."""
    port = primary_port(nodes)
    if port is None:
        return None
    try:
        return connected(port)
    except psycopg2.OperationalError:
        return None


def awaited_connection(nodes):
    deadline = time.monotonic() + PRIMARY_TIMEOUT_S
    while time.monotonic() < deadline:
        made = connection(nodes)
        if made is not None:
            return made
        time.sleep(RETRY_S)
    sys.exit(f"no node is the primary after {PRIMARY_TIMEOUT_S} s")


def load(nodes, file):
    with awaited_connection(nodes) as made:
        made.cursor().execute("create table rows (n bigint primary key)")
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    print("ready", flush=True)
    n = acknowledged = 0
    longest_gap = told = 0.0
    latest = time.monotonic()
    made = None
    with open(file, "w") as kept:
        while not over.wait(PAUSE_S):
            made = made or connection(nodes)
            if made is None:
                over.wait(RETRY_S)
                continue
            # One that failed may be there or not: its number is not used again.
            n += 1
            try:
                made.cursor().execute("insert into rows values (%s)", (n,))
            except psycopg2.Error as error:
                print("failed", n, " ".join(str(error).split()), flush=True)
                made.close()
                made = None
                continue
            kept.write(f"{n}\n")
            acknowledged += 1
            now = time.monotonic()
            longest_gap, latest = max(longest_gap, now - latest), now
            if now - told >= TOLD_EVERY_S:
                told = now
                print("acknowledged", acknowledged, flush=True)
    longest_gap = max(longest_gap, time.monotonic() - latest)
    print("end", json.dumps({"acknowledged": acknowledged, "longestGapMs": round(longest_gap * 1000)}), flush=True)


def lost(nodes, file):
    with open(file) as kept:
        acknowledged = {int(line) for line in kept}
    with awaited_connection(nodes) as made:
        cursor = made.cursor()
        cursor.execute("select n from rows")
        print(len(acknowledged - {n for (n,) in cursor}))


def parameter(nodes, wanted):
    name, value = wanted.split("=")
    deadline = time.monotonic() + PARAMETER_TIMEOUT_S
    for _, port in nodes:
        with connected(port) as made:
            cursor = made.cursor()
            found = None
            while found != value:
                if time.monotonic() > deadline:
                    sys.exit(f"{name} is {found} at port {port} after {PARAMETER_TIMEOUT_S} s, and not {value}")
                time.sleep(RETRY_S)
                cursor.execute(f"show {name}")
                found = cursor.fetchone()[0]


if __name__ == "__main__":
    what, told_nodes, told_subject = sys.argv[1:]
    pairs = [tuple(map(int, node.split(":"))) for node in told_nodes.split(",")]
    {"load": load, "lost": lost, "parameter": parameter}[what](pairs, told_subject)
