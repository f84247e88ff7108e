"""
Several processes that count up one counter under one lock, as e2e/neighbours/load.ts asks of a load.

  load.py <url> <folder>

`<folder>/judgement` gets what they say at the end, as JSON: acknowledged increments, overlaps of holders, and what their capabilities forgot.
"""

import json
import sys
import threading
import time
from pathlib import Path
from subprocess import PIPE, Popen

NAMES = ["one", "two", "three"]
TOLD_EVERY_S = 0.1


class Tally:
    """Of all processes; each is read by a thread of its own."""

    def __init__(self):
        self._lock = threading.Lock()
        self._told = 0.0
        self._latest = time.monotonic()
        self._longest_gap = 0.0
        self.ready = threading.Semaphore(0)
        self.acknowledged = self.overlaps = self.forgotten = 0

    def read(self, process):
        for line in process.stdout:
            with self._lock:
                self._take(line.strip())

    def _take(self, line):
        if line == "ready":
            self.ready.release()
        elif line == "acknowledged":
            self._acknowledge()
        elif line == "overlap":
            self.overlaps += 1
            print("two hold the lock", flush=True)
        elif line.startswith("forgotten "):
            self.forgotten += int(line.split()[1])
        else:
            print(line, flush=True)

    def _acknowledge(self):
        now = time.monotonic()
        self.acknowledged += 1
        self._longest_gap, self._latest = max(self._longest_gap, now - self._latest), now
        if now - self._told >= TOLD_EVERY_S:
            self._told = now
            print("acknowledged", self.acknowledged, flush=True)

    def begin(self):
        with self._lock:
            self._longest_gap, self._latest = 0.0, time.monotonic()

    def longest_gap_ms(self):
        return round(1000 * max(self._longest_gap, time.monotonic() - self._latest))


def main(url, folder):
    tally = Tally()
    program = Path(__file__).with_name("increments.py")
    # Their standard input ends with this process, whatever ends it; with it, they end.
    processes = [
        Popen([sys.executable, program, url, name, folder], stdin=PIPE, stdout=PIPE, text=True) for name in NAMES
    ]
    readers = [threading.Thread(target=tally.read, args=(process,)) for process in processes]
    for reader in readers:
        reader.start()
    for _ in processes:
        tally.ready.acquire()
    # How long the processes took to start is no gap.
    tally.begin()
    print("ready", flush=True)
    sys.stdin.read()
    gap = tally.longest_gap_ms()
    for process in processes:
        process.stdin.close()
    for reader in readers:
        reader.join()
    failed = [process.args[3] for process in processes if process.wait() != 0]
    if failed:
        sys.exit(f"these ended with an error: {failed}")
    judged = {"acknowledged": tally.acknowledged, "overlaps": tally.overlaps, "forgotten": tally.forgotten}
    Path(folder, "judgement").write_text(json.dumps(judged))
    print("end", json.dumps({"acknowledged": tally.acknowledged, "longestGapMs": gap}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
