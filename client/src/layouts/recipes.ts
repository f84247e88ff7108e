import { compareLineNames, holderCount, type LineName, parseLineName } from './line-names.ts';

export type RecipeKind =
  | 'lock'
  | 'read-write lock'
  | 'semaphore'
  | 'election'
  | 'queue'
  | 'double barrier'
  | 'party'
  | 'service discovery'
  | 'counter';

/** A node, and what was seen of its children: of all of them, or of the first ones that were made. */
export interface LookedAt {
  readonly path: string;
  /** undefined: it may not be read. */
  readonly value: Uint8Array | undefined;
  readonly children: readonly { readonly name: string; readonly isEphemeral: boolean }[];
  /** The value of one of them; undefined: there is none, or it may not be read. */
  readonly childValue: Uint8Array | undefined;
}

export interface RecognisedRecipe {
  readonly kind: RecipeKind;
  /** Whose layout it is. */
  readonly layout: string;
  /** The children that take part: those who hold, lead, are in or come first, then those who wait, in their order. */
  readonly parts: readonly PartOfRecipe[];
  /** How many of them hold. */
  readonly holderCount: number;
  /** Whether each of them holds, so that whoever was not seen does, too. */
  readonly allHold: boolean;
  /** Where they are, where that is below children of these names. */
  readonly below?: { readonly holders: string; readonly waiters: string };
}

export interface PartOfRecipe {
  readonly name: string;
  /** Where there is more than one: `read`, `write`. */
  readonly kind?: string;
}

type Child = LookedAt['children'][number];
type Recogniser = (node: LookedAt) => RecognisedRecipe | undefined;

/** What the children of a node are; undefined where that cannot be told. Throws nothing, whatever they are called and hold. */
export function recogniseRecipe(node: LookedAt): RecognisedRecipe | undefined {
  for (const recognise of [counter, divided, line, doubleBarrier, semaphore, party, members, instances]) {
    const recipe = recognise(node);
    if (recipe !== undefined) return recipe;
  }
  return undefined;
}

/** Children that stand in a line: at least half of them, since others may have put theirs beside. */
const line: Recogniser = ({ children }) => {
  const named = children.flatMap(({ name }) => {
    const said = parseLineName(name);
    return said === undefined ? [] : [{ name, said }];
  });
  const [first] = named;
  if (first === undefined || 2 * named.length < children.length) return undefined;
  const isQueue = named.every(({ said }) => said.kind === 'entry');
  const inLine = named
    .filter(({ said }) => isQueue || said.kind !== 'entry')
    .sort((a, b) => compareLineNames(a.said, b.said));
  const kind = kindOf(inLine.map(({ said }) => said));
  const hasKinds = kind === 'read-write lock';
  return {
    kind,
    layout: first.said.layout,
    parts: inLine.map(({ name, said }) => (hasKinds ? { name, kind: kindText(said) } : { name })),
    holderCount: isQueue ? 1 : holderCount(inLine.map(({ said }) => said)),
    allHold: kind === 'semaphore',
  };
};

function kindOf(names: readonly LineName[]): RecipeKind {
  const has = (...kinds: readonly LineName['kind'][]): boolean =>
    names.some(({ kind }) => kinds.includes(kind));
  if (has('entry')) return 'queue';
  if (has('lease')) return 'semaphore';
  if (has('read', 'write')) return 'read-write lock';
  return has('latch') ? 'election' : 'lock';
}

/** kazoo's writers are locks. */
function kindText({ kind }: LineName): string {
  return kind === 'read' ? 'read' : 'write';
}

/** Two lists below: Curator's semaphore, and kazoo's queue whose entries are locked. */
const divided: Recogniser = ({ children }) => {
  const names = new Set(children.map(({ name }) => name));
  if (names.size !== 2) return undefined;
  const isOf = (holders: string, waiters: string): boolean => names.has(holders) && names.has(waiters);
  const empty = { parts: [], holderCount: 0, allHold: false };
  if (isOf('leases', 'locks'))
    return { kind: 'semaphore', layout: 'Curator', ...empty, below: { holders: 'leases', waiters: 'locks' } };
  if (isOf('taken', 'entries'))
    return { kind: 'queue', layout: 'kazoo', ...empty, below: { holders: 'taken', waiters: 'entries' } };
  return undefined;
};

const READY = 'ready';
const ID = /^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const KAZOO_ID = /^[0-9a-f]{32}$/;

/** Before all have entered there is no such node, and whoever has entered could be anything. */
const doubleBarrier: Recogniser = ({ children }) => {
  const others = children.filter(({ name }) => name !== READY);
  if (others.length === children.length || others.length === 0) return undefined;
  if (!others.every(({ name, isEphemeral }) => isEphemeral && ID.test(name))) return undefined;
  const layout = others.some(({ name }) => KAZOO_ID.test(name)) ? 'kazoo' : 'Curator';
  return inIt('double barrier', layout, others);
};

/** kazoo's: how many leases there are stands in the node. */
const semaphore: Recogniser = ({ value, children }) => {
  if (value === undefined || value.length > 10 || children.length === 0) return undefined;
  if (!/^[1-9]\d*$/.test(new TextDecoder().decode(value))) return undefined;
  const areLeases = children.every(({ name, isEphemeral }) => isEphemeral && KAZOO_ID.test(name));
  return areLeases ? inIt('semaphore', 'kazoo', children) : undefined;
};

const PARTY = /__party__$|^[0-9a-f]{32}-./;

const party: Recogniser = ({ children }) => {
  const areMembers = children.every(({ name, isEphemeral }) => isEphemeral && PARTY.test(name));
  return areMembers && children.length > 0 ? inIt('party', 'kazoo', children) : undefined;
};

/** Where and how systems keep who of them is up. */
const MEMBERS: readonly (readonly [layout: string, path: RegExp, name: RegExp])[] = [
  ['Kafka', /(?:^|\/)brokers\/ids$/, /^\d+$/],
  ['Solr', /(?:^|\/)live_nodes$/, /:\d+_/],
  ['HBase', /\/rs$/, /^[^,]+,\d+,\d+$/],
];

const members: Recogniser = ({ path, children }) => {
  const layout = MEMBERS.find(
    ([, at, called]) =>
      at.test(path) && children.every(({ name, isEphemeral }) => isEphemeral && called.test(name)),
  )?.[0];
  return layout === undefined || children.length === 0 ? undefined : inIt('party', layout, children);
};

/** A value of more is no instance of a service. */
const MOST_INSTANCE_BYTES = 64 * 1024;

const instances: Recogniser = ({ childValue, children }) => {
  if (childValue === undefined || childValue.length > MOST_INSTANCE_BYTES) return undefined;
  return isInstance(new TextDecoder().decode(childValue))
    ? inIt('service discovery', 'Curator', children)
    : undefined;
};

function isInstance(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return (
      typeof value === 'object' &&
      value !== null &&
      ['name', 'id', 'serviceType', 'registrationTimeUTC'].every((field) => Object.hasOwn(value, field))
    );
  } catch {
    return false;
  }
}

/** As Java writes an int or a long that is nowhere near its ends; a counter that is kept as a text could be any number. */
const counter: Recogniser = ({ value, children }) => {
  if (value === undefined || children.length > 0) return undefined;
  const isNumber = value.length === 4 || value.length === 8;
  if (!isNumber || (value[0] !== 0 && value[0] !== 0xff)) return undefined;
  return { kind: 'counter', layout: 'Curator', parts: [], holderCount: 0, allHold: true };
};

function inIt(kind: RecipeKind, layout: string, children: readonly Child[]): RecognisedRecipe {
  const parts = children.map(({ name }) => ({ name }));
  return { kind, layout, parts, holderCount: parts.length, allHold: true };
}
