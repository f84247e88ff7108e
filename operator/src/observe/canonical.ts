import { createHash } from 'node:crypto';
import type { KubeObject } from '@rookery/kube/objects';

/**
 * Equal for objects that say the same. Left out is what changes without anybody wanting something else: the status, and the
 * API server's own book-keeping.
 */
export function contentHash(object: KubeObject): string {
  const { status: _status, metadata, ...content } = object as KubeObject & { readonly status?: unknown };
  const {
    resourceVersion: _version,
    generation: _generation,
    managedFields: _fields,
    ...kept
  } = metadata as typeof metadata & { readonly managedFields?: unknown };
  return createHash('sha256')
    .update(JSON.stringify({ ...content, metadata: kept }, withSortedKeys))
    .digest('base64');
}

function withSortedKeys(_key: string, part: unknown): unknown {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
  return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
}
