import { BackupFault } from './backup-fault.ts';
import type { Reached } from './records.ts';

/** Of the layout of an archive. A release refuses a later one. */
export const ARCHIVE_FORMAT = 1;

export const MANIFEST_NAME = 'manifest.json';

/** An object beside the manifest. */
export interface Part {
  readonly name: string;
  /** As it is stored. */
  readonly bytes: number;
  /** Of what is stored, hexadecimal. */
  readonly sha256: string;
}

/** Of the log: an entry is the same one where index and term are. */
export interface Place {
  readonly index: number;
  readonly term: number;
}

export interface SnapshotPart extends Part, Place {
  readonly digest: string;
}

export interface LogPart extends Part {
  /** It begins behind this entry, with which an earlier backup ends, or which the snapshot holds. */
  readonly after: Place;
  readonly entries: number;
  /** Of its commands, ms since 1970; absent where it has none. */
  readonly firstTimeMs?: number;
}

/** What one backup is. Written last: what has none is no backup. */
export interface Manifest {
  readonly format: number;
  readonly id: string;
  readonly clusterId: string;
  /** The member that it is of. */
  readonly serverId: number;
  /** Of the program of that member. */
  readonly version: string;
  readonly createdMs: number;
  readonly durationMs: number;
  /** With which it can be restored without any other one. */
  readonly snapshot?: SnapshotPart;
  readonly log: LogPart;
  /** With its log applied. */
  readonly last: Reached;
  /** Absent: it is as it was sent. */
  readonly encryption?: { readonly scheme: typeof SCHEME; readonly keyId: string };
}

export const SCHEME = 'aes-256-gcm-frames-1';

/** `seal`: of the text of the manifest itself, by whoever has the key; without one a mere checksum. */
interface Sealed {
  readonly manifest: Manifest;
  readonly seal: string;
}

/** @param sealOf of a text, by the manifest's key */
export function encodeManifest(manifest: Manifest, sealOf: (text: string) => string): string {
  const seal = sealOf(JSON.stringify(manifest));
  return `${JSON.stringify({ manifest, seal } satisfies Sealed, null, 2)}\n`;
}

/**
 * Throws BackupFault where it is none.
 *
 * @param isSeal whether it is the seal of the text; of a manifest whose key is not there it cannot be told, and is taken
 */
export function decodeManifest(
  text: string,
  isSeal: (manifest: Manifest, text: string, seal: string) => boolean,
): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BackupFault('damaged', 'the manifest is no JSON', { cause });
  }
  if (!isRecord(value) || !isRecord(value.manifest) || typeof value.seal !== 'string')
    throw new BackupFault('damaged', 'the manifest lacks what it must say');
  const { format } = value.manifest;
  if (typeof format === 'number' && format > ARCHIVE_FORMAT)
    throw new BackupFault(
      'unknown-format',
      `it has format ${format}, and this version knows ${ARCHIVE_FORMAT}: run the version that wrote it, or a newer one`,
    );
  const manifest = value.manifest;
  if (!isManifest(manifest)) throw new BackupFault('damaged', 'the manifest lacks what it must say');
  if (!isSeal(manifest, JSON.stringify(manifest), value.seal))
    throw new BackupFault('damaged', 'the manifest was changed: its seal is not that of its content');
  return manifest;
}

function isManifest(value: unknown): value is Manifest {
  if (!isRecord(value)) return false;
  const { id, clusterId, version, log, last, snapshot, encryption, createdMs, serverId } = value;
  return (
    typeof id === 'string' &&
    isName(id) &&
    typeof clusterId === 'string' &&
    isName(clusterId) &&
    typeof version === 'string' &&
    isWhole(createdMs) &&
    isWhole(serverId) &&
    isPart(log) &&
    isWhole(log.entries) &&
    isPlace(log.after) &&
    isPlace(last) &&
    isWhole(last.zxid) &&
    isWhole(last.timeMs) &&
    typeof last.digest === 'string' &&
    (snapshot === undefined || (isPart(snapshot) && isPlace(snapshot))) &&
    (encryption === undefined || (isRecord(encryption) && encryption.scheme === SCHEME))
  );
}

function isPart(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value)) return false;
  const { name, bytes, sha256 } = value;
  return typeof name === 'string' && isName(name) && isWhole(bytes) && typeof sha256 === 'string';
}

function isPlace(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && isWhole(value.index) && isWhole(value.term);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** It becomes a piece of a path. */
function isName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(text);
}

/** Where its objects are. */
export function folderOf({ clusterId, id }: Pick<Manifest, 'clusterId' | 'id'>): string {
  return `${clusterId}/${id}`;
}
