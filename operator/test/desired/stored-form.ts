/**
 * What the API server makes of what is applied, as far as it does not keep it word for word: quantities are stored in canonical form,
 * and fields that Go leaves out when they are empty (`omitempty` without a pointer) are dropped. What it adds does not matter here: added
 * fields belong to nobody, and applying again leaves them alone.
 */
export function storedForm(object: unknown): unknown {
  return stored(object, []);
}

/** Pointers in Go, or maps of labels and annotations: these keep what is empty. */
const KEPT = new Set([
  'allowPrivilegeEscalation',
  'automountServiceAccountToken',
  'controller',
  'enableServiceLinks',
  'namespaceSelector',
  'podSelector',
  'replicas',
  'storageClassName',
  'tolerationSeconds',
]);
const TEXT_MAPS = new Set(['annotations', 'labels', 'matchLabels', 'nodeSelector', 'data']);
const QUANTITY_MAPS = new Set(['requests', 'limits']);

function stored(value: unknown, path: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => stored(item, path));
  if (typeof value !== 'object' || value === null) return value;
  const name = path.at(-1) ?? '';
  if (QUANTITY_MAPS.has(name)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, quantity]) => [key, canonicalQuantity(String(quantity))]),
    );
  }
  if (TEXT_MAPS.has(name)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, field]) => [key, stored(field, [...path, key])] as const)
      .filter(([key, field]) => KEPT.has(key) || !isEmpty(field)),
  );
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === '' || value === false || value === 0;
}

const POWERS: Readonly<Record<string, bigint>> = {
  m: 1n,
  '': 10n ** 3n,
  k: 10n ** 6n,
  M: 10n ** 9n,
  G: 10n ** 12n,
  T: 10n ** 15n,
  P: 10n ** 18n,
  E: 10n ** 21n,
  Ki: 1000n * 2n ** 10n,
  Mi: 1000n * 2n ** 20n,
  Gi: 1000n * 2n ** 30n,
  Ti: 1000n * 2n ** 40n,
  Pi: 1000n * 2n ** 50n,
  Ei: 1000n * 2n ** 60n,
};

/** apimachinery's resource.Quantity, counted in thousandths: the largest unit of the same kind that divides it. */
export function canonicalQuantity(text: string): string {
  const match = /^(\d+)(?:\.(\d+))?(m|[kMGTPE]|[KMGTPE]i)?$/.exec(text);
  if (match === null) throw new Error(`"${text}" is no quantity`);
  const [, whole = '', fraction = '', unit = ''] = match;
  const scale = 10n ** BigInt(fraction.length);
  const scaled = BigInt(whole + fraction) * POWERS[unit]!;
  if (scaled % scale !== 0n) throw new Error(`"${text}" is finer than a thousandth`);
  const thousandths = scaled / scale;
  const units = unit.endsWith('i')
    ? ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki', '']
    : ['E', 'P', 'T', 'G', 'M', 'k', '', 'm'];
  const largest = units.find((name) => thousandths % POWERS[name]! === 0n) ?? 'm';
  return `${thousandths / POWERS[largest]!}${largest}`;
}
