import { type NormalEntry, THEN } from './normalise.ts';

/** One field in which two servers differ. */
export interface Difference {
  /** The scenario and the member that it was played at. */
  readonly where: string;
  /** What was told, as `ann #3 getData /a`. */
  readonly what: string;
  readonly field: string;
  readonly zookeeper: string;
  readonly rookery: string;
}

const NOTHING = 'nothing';

/** All differences between what ZooKeeper told and what Rookery told; none where every byte agrees after ranking. */
export function compare(
  where: string,
  zookeeper: readonly NormalEntry[],
  rookery: readonly NormalEntry[],
): Difference[] {
  const theirs = byLabel(zookeeper);
  const ours = byLabel(rookery);
  const labels = new Set([...theirs.keys(), ...ours.keys()]);
  return [...labels].flatMap((what) =>
    compareEntry(theirs.get(what), ours.get(what)).map((difference) => ({ where, what, ...difference })),
  );
}

function byLabel(entries: readonly NormalEntry[]): Map<string, NormalEntry> {
  const map = new Map(entries.map((entry) => [entry.label, entry]));
  if (map.size !== entries.length) throw new Error('two entries have the same label');
  return map;
}

type FieldDifference = Omit<Difference, 'where' | 'what'>;

function compareEntry(theirs: NormalEntry | undefined, ours: NormalEntry | undefined): FieldDifference[] {
  if (theirs === undefined || ours === undefined) {
    return [{ field: 'all of it', zookeeper: summary(theirs), rookery: summary(ours) }];
  }
  if (theirs.kind !== ours.kind) {
    return [{ field: 'all of it', zookeeper: summary(theirs), rookery: summary(ours) }];
  }
  if (theirs.kind === 'order') return compareOrder(theirs, ours);
  if (theirs.bytes.equals(ours.bytes)) return [];
  const a = new Map(theirs.fields.map(({ name, value }) => [name, value]));
  const b = new Map(ours.fields.map(({ name, value }) => [name, value]));
  // An error or success instead is one difference, not one for each field that a success has.
  const decisive = a.get('err') === b.get('err') ? undefined : 'err';
  const names = decisive === undefined ? [...new Set([...a.keys(), ...b.keys()])] : [decisive];
  const fields = names
    .map((field) => ({ field, zookeeper: a.get(field) ?? NOTHING, rookery: b.get(field) ?? NOTHING }))
    .filter(({ zookeeper: x, rookery: y }) => x !== y);
  if (fields.length > 0) return fields;
  return [{ field: 'bytes', zookeeper: theirs.bytes.toString('hex'), rookery: ours.bytes.toString('hex') }];
}

/** Of the transactions that both have: one that a server lacks is a difference where it should have shown. */
function compareOrder(theirs: NormalEntry, ours: NormalEntry): FieldDifference[] {
  const [a, b] = [theirs, ours].map((entry) => entry.fields[0]!.value.split(THEN));
  const zookeeper = a!.filter((name) => b!.includes(name)).join(THEN);
  const rookery = b!.filter((name) => a!.includes(name)).join(THEN);
  return zookeeper === rookery ? [] : [{ field: 'order', zookeeper, rookery }];
}

function summary(entry: NormalEntry | undefined): string {
  if (entry === undefined) return NOTHING;
  if (entry.fields.length === 0) return entry.kind;
  return `${entry.kind}: ${entry.fields.map(({ name, value }) => `${name} ${value}`).join(', ')}`;
}

export function describeDifference(
  { what, field, zookeeper, rookery }: Difference,
  [theirs, ours] = ['ZooKeeper', 'Rookery'],
): string {
  return `    ${what}: ${field}\n      ${theirs}  ${zookeeper}\n      ${ours!.padEnd(theirs!.length)}  ${rookery}`;
}
