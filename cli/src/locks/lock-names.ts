export type LockKind = 'exclusive' | 'read' | 'write' | 'latch' | 'lease';

/** What the name of a lock's node says. */
export interface LockName {
  /** Whose recipe names its nodes like that. */
  readonly recipe: 'kazoo' | 'Curator';
  readonly kind: LockKind;
  /** Who came first has the lowest. */
  readonly sequence: number;
}

const forms: readonly (readonly [RegExp, LockName['recipe'], LockKind])[] = [
  [/__rlock__(-?\d{9,})$/, 'kazoo', 'read'],
  [/__lock__(-?\d{9,})$/, 'kazoo', 'exclusive'],
  [/__READ__(-?\d{9,})$/, 'Curator', 'read'],
  [/__WRIT__(-?\d{9,})$/, 'Curator', 'write'],
  [/(?:^|-)lock-(-?\d{9,})$/, 'Curator', 'exclusive'],
  [/(?:^|-)latch-(-?\d{9,})$/, 'Curator', 'latch'],
  [/(?:^|-)lease-(-?\d{9,})$/, 'Curator', 'lease'],
];

/** undefined where it is no lock's. */
export function parseLockName(name: string): LockName | undefined {
  for (const [pattern, recipe, kind] of forms) {
    const match = pattern.exec(name);
    if (match !== null) return { recipe, kind, sequence: Number(match[1]) };
  }
  return undefined;
}

/**
 * Who of them has the lock: every lease; else the first one, and where that one reads, all who read before the first who does not.
 *
 * @param contenders in the order of their sequence
 */
export function holderCount(contenders: readonly Pick<LockName, 'kind'>[]): number {
  const [first] = contenders;
  if (first === undefined) return 0;
  if (first.kind === 'lease') return contenders.length;
  if (first.kind !== 'read') return 1;
  const writer = contenders.findIndex(({ kind }) => kind !== 'read');
  return writer < 0 ? contenders.length : writer;
}
