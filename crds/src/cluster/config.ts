import {
  choice,
  defaulted,
  integer,
  list,
  object,
  optional,
  rules,
  section,
  truth,
} from '../schema/builder.ts';
import { duration } from './duration.ts';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** The four-letter words that the server answers. */
const FOUR_LETTER_WORDS = ['srvr', 'mntr', 'ruok', 'isro', 'stat', 'conf'] as const;

/** What the page of the members may do. */
const WINDOW_MODES = ['ensemble', 'read', 'write'] as const;

function effectiveMs(field: string, ticks: number): string {
  return `(has(self.${field}) ? duration(self.${field}).getMilliseconds() : ${ticks} * duration(self.tickTime).getMilliseconds())`;
}

const limits = section(
  object(
    'Bounds of what may grow. What goes beyond one is refused with an error; nothing that was there is dropped for it.',
    {
      connections: defaulted(
        integer('Open client connections of one member.', { minimum: 1, maximum: 1_000_000 }),
        50_000,
      ),
      sessions: defaulted(
        integer('Sessions of the whole ensemble.', { minimum: 1, maximum: 10_000_000 }),
        1_000_000,
      ),
      nodes: defaulted(integer('Znodes.', { minimum: 1, maximum: 16_000_000 }), 16_000_000),
      watches: defaulted(integer('Watches on one member.', { minimum: 1, maximum: 16_000_000 }), 10_000_000),
      outstandingRequests: defaulted(
        integer('Requests that one member has read and not yet answered.', {
          minimum: 1,
          maximum: 10_000_000,
        }),
        100_000,
      ),
    },
    rules(
      {
        rule: '!has(self.sessions) || self.sessions >= self.connections',
        fieldPath: '.sessions',
        message: 'write at least as many sessions as connections: each connection has a session',
      },
      {
        rule: '!has(self.outstandingRequests) || self.outstandingRequests >= self.connections',
        fieldPath: '.outstandingRequests',
        message:
          'write at least as many outstandingRequests as connections, or some connection could never ask anything',
      },
    ),
  ),
);

/**
 * What the members are told, each setting with its own range: a free map would be checked by nobody before the members refuse
 * to start with it. What follows from the rest of the spec (addresses, folders, HTTP, memory of the tree) is not here.
 */
export const config = section(
  object(
    'Settings of the members. None needs tuning.',
    {
      tickTime: defaulted(duration('The unit of the limits counted in ticks.', '10ms', '1h'), '2s'),
      initLimit: defaulted(
        integer('Ticks that catching up with the leader may take before the member says that it is late.', {
          minimum: 1,
          maximum: 100_000,
        }),
        10,
      ),
      syncLimit: defaulted(
        integer('Ticks that a member may be silent.', { minimum: 1, maximum: 100_000 }),
        5,
      ),
      minSessionTimeout: optional(
        duration('The shortest session timeout granted to clients. Absent: 2 ticks.', '1ms', '500h'),
      ),
      maxSessionTimeout: optional(
        duration('The longest session timeout granted to clients. Absent: 20 ticks.', '1ms', '500h'),
      ),
      snapshotEvery: defaulted(
        integer('Log entries between two snapshots.', { minimum: 2, maximum: 1_000_000_000 }),
        100_000,
      ),
      snapshotRetain: defaulted(integer('Snapshots that are kept.', { minimum: 1, maximum: 1000 }), 3),
      maxConnectionsPerAddress: defaulted(
        integer(
          'Client connections from one address at a time; 0: any number. Pods have an address each; clients that come through a node port or a load balancer may share one.',
          { minimum: 0, maximum: 1_000_000 },
        ),
        60,
      ),
      maxRequestBytes: defaulted(
        integer("The longest request accepted from a client (ZooKeeper's jute.maxbuffer).", {
          minimum: 1024,
          maximum: 67_108_864,
        }),
        1_048_575,
      ),
      fourLetterWords: defaulted(
        list(
          "ZooKeeper's four-letter words that the members answer on the client port.",
          choice('A four-letter word.', FOUR_LETTER_WORDS),
          { maxItems: FOUR_LETTER_WORDS.length, 'x-kubernetes-list-type': 'set' },
        ),
        FOUR_LETTER_WORDS,
      ),
      enforceQuotas: defaulted(
        truth(
          "Hard limits of quotas (zkCli's setquota) hold: what would go beyond one is refused. They count from feature level 2 on. Needs version 0.3.0.",
        ),
        false,
      ),
      readOnlyMode: defaulted(
        truth(
          "Members that have lost their leader serve reads to clients that take a read-only member (ZooKeeper's readonlymode.enabled). They are not ready then: clients find them by the members' own names, not by the Service of them all. Needs version 0.3.0.",
        ),
        false,
      ),
      window: optional(
        choice(
          "What the members' page, and whoever has the admin token, may do at /window: ensemble (see the members), read (the tree and the sessions, too) or write (change them, too). Absent: read. Needs version 0.3.0.",
          WINDOW_MODES,
        ),
      ),
      httpForPrograms: defaulted(
        truth(
          'The members serve the tree to programs at /v1 of port 8080, as access lists say, without the admin token. Who else may reach that port is for a NetworkPolicy of your own to say. Needs version 0.3.0.',
        ),
        false,
      ),
      logLevel: defaulted(choice('The least level of lines that the members log.', LOG_LEVELS), 'info'),
      limits,
    },
    rules({
      // What is absent counts as what the members make of it.
      rule: `!has(self.tickTime) || ${effectiveMs('minSessionTimeout', 2)} <= ${effectiveMs('maxSessionTimeout', 20)}`,
      fieldPath: '.maxSessionTimeout',
      message:
        'write a maxSessionTimeout (absent: 20 ticks) of at least the minSessionTimeout (absent: 2 ticks)',
    }),
  ),
);
