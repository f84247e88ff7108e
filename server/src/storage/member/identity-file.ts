import { decodeConfiguration, encodeConfiguration } from 'raft-ts-lite';
import { FieldReader } from '../../codec/field-reader.ts';
import { FieldWriter } from '../../codec/field-writer.ts';
import type { Disk } from '../../ports/disk.ts';
import { maxClusterIdBytes } from '../log/log-format.ts';
import type { Identity } from '../recovered.ts';
import { StorageInvariantViolation } from '../storage-error.ts';
import { storedFormat } from '../stored-format.ts';
import { readSealedFile, replaceSealedFile } from './sealed-file.ts';

/** Identity, snapshots: what makes this folder a member's. */
export const memberFolder = 'member';

const identityName = 'identity';
export const identityPath = `${memberFolder}/${identityName}`;
/** Since version 2 there is a hard state file beside it: before, term and vote were in the log alone. */
const identityFormat = { magic: 'ROOKID\n\n', version: 2 };
const bootsName = 'boots';
const bootsFormat = { magic: 'ROOKBOO\n', version: 1 };
const secretBytes = 32;

export async function writeIdentityFile(disk: Disk, identity: Identity): Promise<void> {
  const clusterIdBytes = new TextEncoder().encode(identity.clusterId).length;
  if (identity.secret.length !== secretBytes || clusterIdBytes > maxClusterIdBytes) {
    throw new StorageInvariantViolation(
      `an identity has a secret of ${secretBytes} bytes and a cluster id of at most ${maxClusterIdBytes}`,
    );
  }
  const writer = new FieldWriter(storedFormat, 256);
  writer.text(identity.clusterId);
  writer.f64(identity.serverId);
  writer.f64(identity.raftId);
  writer.block(identity.secret);
  writer.block(encodeConfiguration(identity.genesis));
  await replaceSealedFile(disk, memberFolder, identityName, identityFormat, writer.take());
}

export interface FoundIdentity {
  readonly identity: Identity;
  /** The member had a hard state file when this was written: where there is none now, promises are lost. */
  readonly hasHardStateFile: boolean;
}

/**
 * Whoever reads it writes it anew before the member speaks: one whose folder sync failed in an earlier process is seen, and yet may
 * be gone after a crash, when later syncs have nothing left to write.
 */
export async function readIdentityFile(disk: Disk): Promise<FoundIdentity | undefined> {
  const found = await readSealedFile(disk, identityPath, identityFormat);
  if (found === undefined) return undefined;
  const reader = new FieldReader(found.content, storedFormat);
  const identity = {
    clusterId: reader.text(),
    serverId: reader.f64(),
    raftId: reader.f64(),
    secret: reader.block(),
    genesis: decodeConfiguration(reader.block()),
  };
  return { identity, hasHardStateFile: found.version >= 2 };
}

/** Counts this opening of the data folder, durably. */
export async function raiseBoots(disk: Disk): Promise<number> {
  const found = await readSealedFile(disk, bootsName, bootsFormat);
  const boots = (found === undefined ? 0 : new FieldReader(found.content, storedFormat).f64()) + 1;
  const writer = new FieldWriter(storedFormat, 8);
  writer.f64(boots);
  await replaceSealedFile(disk, '', bootsName, bootsFormat, writer.take());
  return boots;
}
