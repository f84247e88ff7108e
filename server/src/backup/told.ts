import type { Manifest } from '../backup-format/manifest.ts';

/** A backup, for people and for programs. */
export function toldOf(manifest: Manifest): { readonly text: string; readonly json: object } {
  const { id, clusterId, serverId, snapshot, log, last, createdMs, durationMs, encryption } = manifest;
  const bytes = (snapshot?.bytes ?? 0) + log.bytes;
  const isOf =
    snapshot === undefined
      ? `log behind ${log.after.index}`
      : `snapshot ${snapshot.index}, log behind ${log.after.index}`;
  const text = `${id}  ${isOf}, ${log.entries} entries up to zxid 0x${last.zxid.toString(16)} (${isoOf(last.timeMs)}), ${bytes} bytes, ${encryption === undefined ? 'not encrypted' : `key ${encryption.keyId}`}`;
  const json = {
    id,
    clusterId,
    serverId,
    createdAt: isoOf(createdMs),
    durationMs,
    snapshotIndex: snapshot?.index ?? null,
    afterIndex: log.after.index,
    entries: log.entries,
    lastIndex: last.index,
    lastZxid: `0x${last.zxid.toString(16)}`,
    lastTime: isoOf(last.timeMs),
    bytes,
    keyId: encryption?.keyId ?? null,
  };
  return { text, json };
}

export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
