import { decodeConfiguration, encodeConfiguration } from 'raft-ts-lite';
import { FieldReader } from '../../codec/field-reader.ts';
import { FieldWriter } from '../../codec/field-writer.ts';
import type { Disk } from '../../ports/disk.ts';
import { MAX_CLUSTER_ID_BYTES } from '../log/log-format.ts';
import type { MemberIdentity } from '../recovered.ts';
import { StorageInvariantViolation } from '../storage-error.ts';
import { storedFormat } from '../stored-format.ts';
import { readSealedFile, replaceSealedFile } from './sealed-file.ts';

/** Identity, snapshots: what makes this folder a member's. */
export const MEMBER_FOLDER = 'member';

const IDENTITY_NAME = 'identity';
export const IDENTITY_PATH = `${MEMBER_FOLDER}/${IDENTITY_NAME}`;
/** Since version 2 there is a hard state file beside it: before, term and vote were in the log alone. */
const identityFormat = { magic: 'ROOKID\n\n', version: 2 };
const BOOTS_NAME = 'boots';
const bootsFormat = { magic: 'ROOKBOO\n', version: 1 };
const SECRET_BYTES = 32;

export async function writeIdentityFile(disk: Disk, identity: MemberIdentity): Promise<void> {
  const clusterIdBytes = new TextEncoder().encode(identity.clusterId).length;
  if (identity.secret.length !== SECRET_BYTES || clusterIdBytes > MAX_CLUSTER_ID_BYTES) {
    throw new StorageInvariantViolation(
      `an identity has a secret of ${SECRET_BYTES} bytes and a cluster id of at most ${MAX_CLUSTER_ID_BYTES}`,
    );
  }
  const writer = new FieldWriter(storedFormat, 256);
  writer.text(identity.clusterId);
  writer.f64(identity.serverId);
  writer.f64(identity.raftId);
  writer.block(identity.secret);
  writer.block(encodeConfiguration(identity.genesis));
  await replaceSealedFile(disk, MEMBER_FOLDER, IDENTITY_NAME, identityFormat, writer.takeBytes());
}

export interface FoundIdentity {
  readonly identity: MemberIdentity;
  /** The member had a hard state file when this was written: where there is none now, promises are lost. */
  readonly hasHardStateFile: boolean;
}

/**
 * Whoever reads it writes it anew before the member speaks: one whose folder sync failed in an earlier process is seen, and yet may
 * be gone after a crash, when later syncs have nothing left to write.
 */
export async function readIdentityFile(disk: Disk): Promise<FoundIdentity | undefined> {
  const found = await readSealedFile(disk, IDENTITY_PATH, identityFormat);
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
  const found = await readSealedFile(disk, BOOTS_NAME, bootsFormat);
  const boots = (found === undefined ? 0 : new FieldReader(found.content, storedFormat).f64()) + 1;
  const writer = new FieldWriter(storedFormat, 8);
  writer.f64(boots);
  await replaceSealedFile(disk, '', BOOTS_NAME, bootsFormat, writer.takeBytes());
  return boots;
}
