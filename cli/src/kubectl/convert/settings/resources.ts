import { quantityBytes } from '@rookery/crds';
import type { Draft } from '../draft.ts';
import { isObject, isUnset, take, type Values } from '../table.ts';

const MIN_MEMORY_BYTES = 128 * 1024 ** 2;
/** As a CoordinationCluster has them where it says nothing. */
const DEFAULT_MEMORY_LIMIT = '512Mi';
const DEFAULT_CPU_MILLI = 200;

interface Quantity {
  readonly key: string;
  readonly value: unknown;
}

interface Resources {
  readonly requests: { readonly cpu?: Quantity; readonly memory?: Quantity };
  readonly limits: { readonly cpu?: Quantity; readonly memory?: Quantity };
}

/** `requests` and `limits` as containers have them. */
export const resources = take(({ key, value, draft }) => {
  if (!isObject(value)) return draft.leave(key, 'it has to be an object with requests and limits');
  const part = (name: 'requests' | 'limits') => {
    const given: Values = isObject(value[name]) ? value[name] : {};
    for (const other of Object.keys(given).filter((each) => each !== 'cpu' && each !== 'memory'))
      if (!isUnset(given[other])) draft.leave(`${key}.${name}.${other}`, 'spec.resources has cpu and memory');
    const quantity = (what: string) =>
      isUnset(given[what]) ? {} : { [what]: { key: `${key}.${name}.${what}`, value: given[what] } };
    return { ...quantity('cpu'), ...quantity('memory') };
  };
  for (const other of Object.keys(value).filter((each) => each !== 'requests' && each !== 'limits'))
    if (!isUnset(value[other])) draft.leave(`${key}.${other}`, 'spec.resources has requests and limits');
  takeResources(draft, { requests: part('requests'), limits: part('limits') });
});

/** Kubernetes takes a limit for the request where there is none; and a CoordinationCluster always has a limit of memory. */
export function takeResources(draft: Draft, { requests, limits }: Resources): void {
  takeMemory(draft, requests.memory, limits.memory);
  takeCpu(draft, requests.cpu, limits.cpu);
}

function takeMemory(draft: Draft, request: Quantity | undefined, limit: Quantity | undefined): void {
  const asked = request && memoryOf(draft, request);
  const most = limit && memoryOf(draft, limit);
  if (limit && most !== undefined)
    draft.take(
      limit.key,
      'resources.limits.memory',
      most,
      "the bounds of Node's heap and of the tree follow it",
    );
  if (!request || asked === undefined) return;
  const bound = most ?? DEFAULT_MEMORY_LIMIT;
  if (quantityBytes(asked) <= quantityBytes(bound))
    draft.take(request.key, 'resources.requests.memory', asked);
  else if (most === undefined) {
    draft.complete('resources.limits.memory', asked);
    draft.take(
      request.key,
      'resources.requests.memory',
      asked,
      'and as much is spec.resources.limits.memory',
    );
  } else draft.leave(request.key, 'it is more than the limit');
}

function takeCpu(draft: Draft, request: Quantity | undefined, limit: Quantity | undefined): void {
  const asked = request && cpuOf(draft, request);
  const most = limit && cpuOf(draft, limit);
  const fits = most === undefined || asked === undefined || milli(asked) <= milli(most);
  if (request && asked !== undefined) {
    if (fits) draft.take(request.key, 'resources.requests.cpu', asked);
    else draft.leave(request.key, 'it is more than the limit');
  }
  if (!limit || most === undefined) return;
  const isRequest = asked === undefined || !fits;
  if (isRequest) draft.complete('resources.requests.cpu', most);
  const also = milli(most) === DEFAULT_CPU_MILLI ? undefined : 'and as much is spec.resources.requests.cpu';
  draft.take(limit.key, 'resources.limits.cpu', most, isRequest ? also : undefined);
}

/** What came from several keys fits together: no request is above its limit. */
export function settleResources(draft: Draft): void {
  const at = (field: string) => draft.at(`resources.${field}`) as string | number | undefined;
  const why = 'it is more than the limit';
  const memory = at('requests.memory');
  if (
    memory !== undefined &&
    quantityBytes(memory) > quantityBytes(at('limits.memory') ?? DEFAULT_MEMORY_LIMIT)
  )
    draft.withdraw('resources.requests.memory', why);
  const most = at('limits.cpu');
  if (most === undefined || milli(at('requests.cpu') ?? `${DEFAULT_CPU_MILLI}m`) <= milli(most)) return;
  draft.withdraw('resources.requests.cpu', why);
  draft.complete('resources.requests.cpu', most);
}

/** As the spec takes it; undefined: it does not, and that was told. */
function memoryOf(draft: Draft, { key, value }: Quantity): string | number | undefined {
  const text = textOfQuantity(value);
  let bytes: number;
  try {
    bytes = quantityBytes(text);
  } catch {
    draft.leave(key, `${JSON.stringify(value)} is no number of bytes such as "512Mi"`);
    return undefined;
  }
  if (bytes >= MIN_MEMORY_BYTES) return text;
  draft.leave(key, `${text} is less than the 128Mi that a member needs at least`);
  return undefined;
}

function cpuOf(draft: Draft, { key, value }: Quantity): string | number | undefined {
  const text = textOfQuantity(value);
  if (/^(?:[0-9]{1,9}m|[0-9]{1,6}(?:\.[0-9]{1,3})?)$/.test(String(text)) && milli(text) > 0) return text;
  draft.leave(key, `${JSON.stringify(value)} is no number of processors such as "200m", "0.5" or 2`);
  return undefined;
}

/** A fraction stands in quotes. */
function textOfQuantity(value: unknown): string | number {
  if (Number.isSafeInteger(value)) return value as number;
  return typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
}

function milli(cpu: string | number): number {
  const text = String(cpu);
  return text.endsWith('m') ? Number(text.slice(0, -1)) : Number(text) * 1000;
}
