import { decodeConfiguration, encodeConfiguration } from 'raft-ts-lite';
import { FieldReader } from '../model/field-reader.ts';
import { FieldWriter } from '../model/field-writer.ts';
import type { Disk } from './disk.ts';
import { maxClusterIdBytes } from './log-format.ts';
import type { Identity } from './recovered.ts';
import { readSealedFile, replaceSealedFile } from './sealed-file.ts';
import { StorageInvariantViolation } from './storage-error.ts';
import { storedFormat } from './stored-format.ts';

/** Identity, snapshots: what makes this folder a member's. */
export const memberFolder = 'member';

const identityName = 'identity';
const identityFormat = { magic: 'ROOKID\n\n', version: 1 };
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
  writer.f64(identity.label);
  writer.f64(identity.raftId);
  writer.block(identity.secret);
  writer.block(encodeConfiguration(identity.genesis));
  await replaceSealedFile(disk, memberFolder, identityName, identityFormat, writer.take());
}

/**
 * Reads the identity and writes it anew: one whose folder sync failed in an earlier process is seen, and yet may be gone after a crash,
 * when later syncs have nothing left to write.
 */
export async function renewIdentityFile(disk: Disk): Promise<Identity | undefined> {
  const content = await readSealedFile(disk, `${memberFolder}/${identityName}`, identityFormat);
  if (content === undefined) return undefined;
  await replaceSealedFile(disk, memberFolder, identityName, identityFormat, content);
  const reader = new FieldReader(content, storedFormat);
  return {
    clusterId: reader.text(),
    label: reader.f64(),
    raftId: reader.f64(),
    secret: reader.block(),
    genesis: decodeConfiguration(reader.block()),
  };
}

/** Counts this opening of the data folder, durably. */
export async function raiseBoots(disk: Disk): Promise<number> {
  const content = await readSealedFile(disk, bootsName, bootsFormat);
  const boots = (content === undefined ? 0 : new FieldReader(content, storedFormat).f64()) + 1;
  const writer = new FieldWriter(storedFormat, 8);
  writer.f64(boots);
  await replaceSealedFile(disk, '', bootsName, bootsFormat, writer.take());
  return boots;
}
