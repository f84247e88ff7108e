import type { Change } from '@rookery/client';
import { etagOf } from './etag.ts';
import { statJson, valueJson } from './node-json.ts';

/** A comment: it keeps connections, and shows both sides that the other one is there. */
export const HEARTBEAT = ': \n\n';

/** One server-sent event. JSON has no line feeds, so its data are one line. */
export function eventText(event: string, data: unknown, id?: number): string {
  const place = id === undefined ? '' : `id: ${id}\n`;
  return `event: ${event}\n${place}data: ${JSON.stringify(data)}\n\n`;
}

/**
 * Changes that are told together. The zxid is the id of the last one of each write alone: whoever goes on from an id has heard all of the
 * write that it names.
 *
 * @param wholeZxid of writes up to here no change is still to come
 */
export function eventsText(changes: readonly Change[], wholeZxid: number): string {
  let text = '';
  for (const [at, change] of changes.entries()) {
    const zxid = zxidOf(change);
    const next = changes[at + 1];
    const isLast = next === undefined ? zxid <= wholeZxid : zxidOf(next) !== zxid;
    text += eventText(change.type, dataOf(change), isLast ? zxid : undefined);
  }
  return text;
}

function zxidOf(change: Change): number {
  return change.type === 'missed' ? change.toZxid : change.zxid;
}

function dataOf(change: Change): unknown {
  switch (change.type) {
    case 'start': {
      const { path, zxid, node } = change;
      if (node === undefined) return { path, zxid, node: null };
      const etag = etagOf(node.stat);
      return { path, zxid, node: { ...valueJson(node.data), stat: statJson(node.stat), etag } };
    }
    case 'missed': {
      const { path, fromZxid, toZxid } = change;
      return { path, fromZxid, toZxid };
    }
    default: {
      const { path, zxid } = change;
      return { path, zxid };
    }
  }
}
