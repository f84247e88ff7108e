import type { PlantedBug } from '../../../testkit/src/planted-bug.ts';

/** Ways in which clients and recipes have let two hold what one may, or let somebody wait for ever. */
export const recipeBugs: readonly PlantedBug[] = [
  {
    name: 'a session is held for alive for longer than the servers keep it',
    file: 'client/src/session/state.ts',
    find: 'export const HELD_SHARE = 0.95;',
    replace: 'export const HELD_SHARE = 2;',
  },
  {
    name: 'an answer counts from when it came, not from when it was asked for',
    file: 'client/src/connection/connection.ts',
    find: 'this.#events.confirmed(pending.sentAtMs);',
    replace: 'this.#events.confirmed(this.#world.nowMs() + 4_000);',
  },
  {
    name: 'who asks whether it is held is not told by the clock',
    file: 'client/src/session/session.ts',
    find: 'return !this.isOver && this.#key.id !== 0n && this.#world.nowMs() < this.#lostAtMs;',
    replace: 'return !this.isOver && this.#key.id !== 0n;',
  },
  {
    name: 'who waits for the one before it leaves no watch',
    file: 'client/src/recipes/change.ts',
    find: 'zk.exists(path, { watcher: changed.watcher })',
    replace: 'zk.exists(path)',
  },
  {
    name: 'watches of reads are not set again on another connection',
    file: 'client/src/session/sessions.ts',
    find: 'inPieces([this.oneShotWatches.lists, this.persistentWatches.lists], MAX_REARM_BYTES)',
    replace: 'inPieces([this.persistentWatches.lists], MAX_REARM_BYTES)',
  },
  {
    name: 'a node whose create was not answered is made again without a look',
    file: 'client/src/recipes/own-node.ts',
    find: "made === 'in-doubt' ? await findOwnNode(zk, parent, prefix, session, signal) : made;",
    replace: "made === 'in-doubt' ? undefined : made;",
  },
  {
    name: 'who gave up waiting leaves its node',
    file: 'client/src/recipes/contention.ts',
    find: 'removeOwnNode(zk, node.path).catch(() => undefined);',
    replace: '',
  },
  {
    name: 'who gives up while the answer is lost leaves what was made',
    file: 'client/src/recipes/own-node.ts',
    find: 'if (mayBeThere) removeByPrefix(zk, parent, prefix).catch(() => undefined);',
    replace: '',
  },
  {
    name: 'a released hold is removed only if that is answered',
    file: 'client/src/recipes/own-node.ts',
    find: 'await insist(zk, () => zk.delete(path));',
    replace: 'await zk.delete(path).catch(() => undefined);',
  },
  {
    name: 'a semaphore gives out one lease more',
    file: 'client/src/recipes/semaphore.ts',
    find: 'if (names.length < this.leases) return await this.#take(until);',
    replace: 'if (names.length <= this.leases) return await this.#take(until);',
  },
  {
    name: 'writers do not wait for readers',
    file: 'client/src/recipes/read-write-lock.ts',
    find: "write: ['read', 'write'] }",
    replace: "write: ['write'] }",
  },
  {
    name: 'an entry that somebody has taken is taken',
    file: 'client/src/recipes/locking-queue.ts',
    find: "if (isCoordinationError(error, 'NODE_EXISTS')) return this.#isOwn(mark, signal);",
    replace: "if (isCoordinationError(error, 'NODE_EXISTS')) return true;",
    also: [
      {
        file: 'client/src/recipes/locking-queue.ts',
        find: 'if (stat === undefined || stat.ephemeralOwner !== session.id) return undefined;',
        replace: 'if (stat === undefined) return undefined;',
      },
      {
        file: 'client/src/recipes/locking-queue.ts',
        find: 'if (others.has(name)) continue;',
        replace: 'if (others.has(name) && others.size > 3) continue;',
      },
      {
        file: 'client/src/recipes/hold.ts',
        find: 'if (stat?.ephemeralOwner !== this.#node.session.id)',
        replace: 'if (stat === undefined)',
      },
    ],
  },
  {
    name: 'who gives up an entry leaves its mark',
    file: 'client/src/recipes/locking-queue.ts',
    find: 'if (await this.#isOwn(mark)) await removeOwnNode(this.#zk, mark.path);',
    replace: '',
  },
  {
    name: 'a cache does not look again at what it may have missed',
    file: 'client/src/recipes/subtree-cache.ts',
    find: "if (change.type === 'start' || change.type === 'missed') await this.#readAll();",
    replace: "if (change.type === 'missed') return;\n    if (change.type === 'start') await this.#readAll();",
  },
];
