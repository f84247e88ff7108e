"""
Patroni as its command `patroni` runs it, with PostgreSQL in its own process group: who kills the group kills both, as the loss of a machine does.
(Patroni starts PostgreSQL in a session of its own, for it to outlive Patroni.)
"""

import os

# Above all else: Patroni starts PostgreSQL from a process that imports this file again.
os.setsid = lambda: None

if __name__ == "__main__":
    from patroni.__main__ import main

    main()
