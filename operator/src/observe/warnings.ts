import type { KubeApi } from '@rookery/kube';
import type { KubeObject } from '@rookery/kube/objects';
import { EVENTS } from '../resource-types.ts';
import { oneLine } from './pod-trouble.ts';

interface Event extends KubeObject {
  readonly message?: string;
  readonly eventTime?: string | null;
  readonly lastTimestamp?: string | null;
  readonly series?: { readonly lastObservedTime?: string } | null;
}

/** One object has few Events of one reason. */
const LIMIT = 50;

/** What was last complained about an object by a Warning of that reason, in one line; empty: nothing within the hour that Events are kept. */
export async function lastWarning(
  api: KubeApi,
  { kind, metadata: { namespace, name } }: Pick<KubeObject, 'kind' | 'metadata'>,
  reason: string,
): Promise<string> {
  const fieldSelector = [
    `involvedObject.kind=${kind}`,
    `involvedObject.name=${name}`,
    `reason=${reason}`,
    'type=Warning',
  ].join(',');
  const scope = { ...(namespace === undefined ? {} : { namespace }), fieldSelector };
  const { items } = await api.list<Event>(EVENTS, scope, { limit: LIMIT });
  const [newest] = items.toSorted((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1));
  return oneLine(newest?.message ?? '');
}

/** RFC 3339 sorts as text. */
function timeOf({ series, lastTimestamp, eventTime }: Event): string {
  return series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? '';
}
