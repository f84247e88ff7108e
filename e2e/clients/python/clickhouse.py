"""ClickHouse within this process, as the file CONFIG tells it: tables whose rows are nodes, a replicated one, numbers and a named collection.

Prints a line for each statement; ends with 1 where one is answered otherwise than it should be.
"""

import os
import sys
import tempfile

import chdb

ROWS = 200

STATEMENTS = [
    ("CREATE TABLE rows (k UInt64, v String) ENGINE = KeeperMap('/rows') PRIMARY KEY k", ""),
    ("CREATE TABLE same_rows (k UInt64, v String) ENGINE = KeeperMap('/rows') PRIMARY KEY k", ""),
    (f"INSERT INTO rows SELECT number, toString(number) FROM numbers({ROWS})", ""),
    ("SELECT count(), sum(k), sum(toUInt64(v)) FROM same_rows", f"{ROWS}\t19900\t19900\n"),
    ("ALTER TABLE rows UPDATE v = 'x' WHERE k < 10 SETTINGS mutations_sync = 1", ""),
    ("ALTER TABLE rows DELETE WHERE k >= 100", ""),
    ("SELECT count(), countIf(v = 'x') FROM same_rows", "100\t10\n"),
    ("INSERT INTO rows SETTINGS keeper_map_strict_mode = 1 VALUES (7, 'there is one')", "Node exists"),
    ("TRUNCATE TABLE rows", ""),
    ("SELECT count() FROM same_rows", "0\n"),
    ("DROP TABLE same_rows SYNC", ""),
    ("DROP TABLE rows SYNC", ""),
    ("CREATE TABLE replicated (n UInt64) ENGINE = ReplicatedMergeTree('/tables/replicated', 'r1') ORDER BY n", ""),
    ("SELECT zookeeper_path, total_replicas FROM system.replicas", "/tables/replicated\t1\n"),
    ("DROP TABLE replicated SYNC", ""),
    ("SELECT generateSerialID('orders'), generateSerialID('parcels')", "0\t0\n"),
    ("SELECT generateSerialID('orders')", "1\n"),
    ("CREATE NAMED COLLECTION place AS host = 'h', port = 1", ""),
    ("SELECT name FROM system.named_collections", "place\n"),
    ("DROP NAMED COLLECTION place", ""),
]


def main():
    with tempfile.TemporaryDirectory() as folder:
        connection = chdb.connect(f"file:{folder}?config-file={os.environ['CONFIG']}")
        for statement, expected in STATEMENTS:
            try:
                answer = str(connection.query(statement, "TSV"))
            except Exception as error:  # chdb has no class of its own for what ClickHouse refuses.
                answer = str(error)
            is_right = answer == expected or (expected.isprintable() and expected != "" and expected in answer)
            if not is_right:
                print(f"{statement}\nwas answered with {answer!r}, not {expected!r}", flush=True)
                return 1
            print(f"right {statement}", flush=True)
        connection.close()
    return 0


sys.exit(main())
