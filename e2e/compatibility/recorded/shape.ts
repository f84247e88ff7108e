import type { RecordedPart, RecordedRequest, RecordedStep } from './recording.ts';

/** Two that have the same are of one kind: of paths only the depth counts, of data about how large it is. */
export function shapeOf(step: RecordedStep): string {
  if ('connect' in step) return JSON.stringify(step.connect);
  return `${shapeOfRequest(step.request)} ${step.error}`;
}

function shapeOfRequest({ op, parts, items }: RecordedRequest): string {
  if (items !== undefined) return `${op} of ${[...new Set(items.map(shapeOfRequest))].sort().join(', ')}`;
  const lists = op === 'setWatches' || op === 'setWatches2';
  return `${op} ${(lists ? lengthsOf(parts) : parts.map(shapeOfPart)).join(' ')}`;
}

function shapeOfPart(part: RecordedPart): string {
  if ('path' in part)
    return `${part.path.split('/').length - 1} deep${/\d{10}$/.test(part.path) ? ', numbered' : ''}`;
  if ('size' in part) return part.size === null ? 'null' : `2^${Math.ceil(Math.log2(part.size + 1))}`;
  if ('text' in part) return String(part.text);
  if ('int' in part) return String(Math.min(part.int, 31));
  if ('long' in part) return part.long === 0 ? '0' : part.long < 0 ? 'negative' : 'positive';
  return String(part.bool);
}

/** How long lists are makes no kind, but whether they are empty. */
function lengthsOf(parts: readonly RecordedPart[]): string[] {
  return parts.flatMap((part) => ('int' in part ? [part.int > 0 ? 'some' : 'none'] : []));
}
