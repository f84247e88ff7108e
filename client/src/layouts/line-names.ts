import { isBefore } from '../recipes/sequence.ts';

/** What a node in a line is for. A latch and a vote elect; an entry is one of a queue. */
export type LineKind = 'exclusive' | 'read' | 'write' | 'latch' | 'lease' | 'entry';

/** What the name of a node in a line says. */
export interface LineName {
  /** Whose recipe names its nodes like that. */
  readonly layout: 'kazoo' | 'Curator' | 'ZooKeeper' | 'Solr';
  readonly kind: LineKind;
  /** Who came first has the lowest; they wrap at 32 bits. */
  readonly sequence: number;
  /** Of entries: the lower comes before any sequence. */
  readonly priority: number;
}

const forms: readonly (readonly [RegExp, LineName['layout'], LineKind])[] = [
  [/__rlock__(-?\d{9,})$/, 'kazoo', 'read'],
  [/__lock__(-?\d{9,})$/, 'kazoo', 'exclusive'],
  [/__lease__(-?\d{9,})$/, 'kazoo', 'lease'],
  [/^entry-(?<priority>\d{3})-(-?\d{9,})$/, 'kazoo', 'entry'],
  [/__READ__(-?\d{9,})$/, 'Curator', 'read'],
  [/__WRIT__(-?\d{9,})$/, 'Curator', 'write'],
  [/(?:^|-)lock-(-?\d{9,})$/, 'Curator', 'exclusive'],
  [/(?:^|-)latch-(-?\d{9,})$/, 'Curator', 'latch'],
  [/(?:^|-)lease-(-?\d{9,})$/, 'Curator', 'lease'],
  // Of its priority queue: a sign, as 0 or 1, and eight hexadecimal digits.
  [/^queue-(?<hex>[01][0-9A-F]{8})(-?\d{9,})$/, 'Curator', 'entry'],
  // With an id, or the time at which it is due.
  [/^queue-\|[^|]*\|(-?\d{9,})$/, 'Curator', 'entry'],
  [/^queue-(-?\d{9,10})$/, 'Curator', 'entry'],
  // Curator's SimpleDistributedQueue shares it.
  [/^qn-(-?\d{9,})$/, 'ZooKeeper', 'entry'],
  [/^x-\d+-(-?\d{9,})$/, 'ZooKeeper', 'exclusive'],
  [/^n_(-?\d{9,})$/, 'ZooKeeper', 'latch'],
  [/-n_(-?\d{9,})$/, 'Solr', 'latch'],
];

/** undefined where it is none of a line. */
export function parseLineName(name: string): LineName | undefined {
  for (const [pattern, layout, kind] of forms) {
    const match = pattern.exec(name);
    if (match === null) continue;
    const { priority, hex } = match.groups ?? {};
    return {
      layout,
      kind,
      sequence: Number(match.at(-1)) | 0,
      priority:
        priority === undefined ? (hex === undefined ? 0 : Number.parseInt(hex, 16)) : Number(priority),
    };
  }
  return undefined;
}

/** The order in which they have their turn. */
export function compareLineNames(a: LineName, b: LineName): number {
  if (a.priority !== b.priority) return a.priority - b.priority;
  if (a.sequence === b.sequence) return 0;
  return isBefore(a.sequence, b.sequence) ? -1 : 1;
}

/**
 * Who of them has the lock: every lease; else the first one, and where that one reads, all who read before the first who does not.
 *
 * @param contenders in the order of their sequence
 */
export function holderCount(contenders: readonly Pick<LineName, 'kind'>[]): number {
  const [first] = contenders;
  if (first === undefined) return 0;
  if (first.kind === 'lease') return contenders.length;
  if (first.kind !== 'read') return 1;
  const writer = contenders.findIndex(({ kind }) => kind !== 'read');
  return writer < 0 ? contenders.length : writer;
}
