import type { Difference } from './compare.ts';

/** A difference that is meant. It has to be there, exactly so: one that is gone has to be taken off the list. */
export interface Accepted extends Omit<Difference, 'where'> {
  /** The scenario's name; it differs in the same way at every member. */
  readonly scenario: string;
  readonly reason: string;
}

/** The differences of one scenario that have one reason: what was told, the field, ZooKeeper's value and ours. */
function accept(
  scenario: string,
  reason: string,
  ...differences: readonly (readonly [what: string, field: string, zookeeper: string, rookery: string])[]
): Accepted[] {
  return differences.map(([what, field, zookeeper, rookery]) => ({
    scenario,
    reason,
    what,
    field,
    zookeeper,
    rookery,
  }));
}

/** Six bytes that are no UTF-8. */
const UNREADABLE_BIRD = `"CN=${'\ufffd'.repeat(6)}"`;

export const accepted: readonly Accepted[] = [
  ...accept(
    'handshake/a wrong password does the owner no harm',
    'ZooKeeper closes the connection of a session before it looks at the password of who asks for it: whoever knows or guesses an id can cut its owner off',
    [
      'ann #4 ping',
      'all of it',
      'no reply',
      'reply: xid -2, zxid that of something before all of these, err 0',
    ],
    ['ann, the end of the connection of #1', 'all of it', 'closed', 'nothing'],
  ),
  ...accept(
    'odd/an operation of the server itself',
    'ZooKeeper lets every client delete every node by the operation that removes containers, whatever the ACL says',
    ['ann #3 deleteContainer /a', 'err', '0', '-6'],
    ['ann #4 getData /a', 'all of it', 'reply: xid 3, zxid that of ann #2 create /a, err -101', 'no reply'],
    ['ann #5 closeSession', 'all of it', 'reply: xid 4, zxid that of ann #5 closeSession, err 0', 'nothing'],
  ),
  ...accept(
    'acl/setWatches about what one may not read',
    'ZooKeeper tells by setWatches that a node has changed, though its ACL keeps the same event from that client when it happens',
    [
      'bob, event 1 before #8 setWatches /a',
      'all of it',
      'event: xid -1, zxid -1, err 0, type 3, state 3, path.length 47, path "~/a"',
      'nothing',
    ],
  ),
  ...accept('multi/of reads', 'what cannot be decoded is refused before the log: it is no transaction', [
    'ann #3 multi /a',
    'zxid',
    'that of ann #3 multi /a',
    'that of ann #2 create /a',
  ]),
  ...accept(
    'reconfig/of who may once the node lets it',
    'the log says who is a member; the node beside it has only the access list, of which a setACL tells',
    ...['bob #3 setACL /zookeeper/config', 'bob #7 setACL /zookeeper/config'].flatMap((what, at) =>
      (
        [
          ['stat.mzxid', at === 0 ? `that of ${what} stat.mzxid` : 'that of ann #6 reconfig null', '0'],
          ['stat.mtime', 'when stat.mzxid was', '0'],
          ['stat.version', '-1', '0'],
          ['stat.dataLength', '146', '0'],
        ] as const
      ).map(([field, zookeeper, rookery]) => [what, field, zookeeper, rookery] as const),
    ),
  ),
  ...accept(
    'auth/the auth scheme stands for all that one is',
    "the order of a connection's identities is that in which they were proved; ZooKeeper's is that of a hash table",
    [
      'ann #5 getACL /a',
      'acl[0].id',
      '"bob:fyVmFCwVbTJYrznoSu1koqYEYF0="',
      '"ann:7RJfAeIvrl4zdj6sS2fXrQHDvHM="',
    ],
    [
      'ann #5 getACL /a',
      'acl[1].id',
      '"ann:7RJfAeIvrl4zdj6sS2fXrQHDvHM="',
      '"bob:fyVmFCwVbTJYrznoSu1koqYEYF0="',
    ],
  ),
  ...accept(
    'x509/auth stands for all that one is',
    "the order of a connection's identities is that in which they were proved; ZooKeeper's is that of a hash table",
    ['ann #4 getACL /a', 'acl[0].scheme.length', '6', '4'],
    ['ann #4 getACL /a', 'acl[0].scheme', '"digest"', '"x509"'],
    ['ann #4 getACL /a', 'acl[0].id.length', '32', '6'],
    ['ann #4 getACL /a', 'acl[0].id', '"ann:7RJfAeIvrl4zdj6sS2fXrQHDvHM="', '"CN=ann"'],
    ['ann #4 getACL /a', 'acl[1].scheme.length', '4', '6'],
    ['ann #4 getACL /a', 'acl[1].scheme', '"x509"', '"digest"'],
    ['ann #4 getACL /a', 'acl[1].id.length', '6', '32'],
    ['ann #4 getACL /a', 'acl[1].id', '"CN=ann"', '"ann:7RJfAeIvrl4zdj6sS2fXrQHDvHM="'],
  ),
  ...accept(
    'x509/the subject of a bird',
    'text is UTF-8; ZooKeeper writes what lies beyond U+FFFF as two surrogates of three bytes each, which no client can read',
    ['cleo #2 whoAmI', 'identities[1].id.length', '9', '7'],
    ['cleo #2 whoAmI', 'identities[1].id', UNREADABLE_BIRD, '"CN=🐦"'],
  ),
];
