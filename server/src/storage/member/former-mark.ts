import { FieldReader } from '../../codec/field-reader.ts';
import { FieldWriter } from '../../codec/field-writer.ts';
import type { Disk } from '../../ports/disk.ts';
import { storedFormat } from '../stored-format.ts';
import { MEMBER_FOLDER } from './identity-file.ts';
import { readSealedFile, replaceSealedFile } from './sealed-file.ts';

const NAME = 'former';
const format = { magic: 'ROOKFRM\n', version: 1 };

/** These data are those of an ensemble that was recovered by force without this member, by the recovery of that number. Durable once it resolves. */
export async function markFormer(disk: Disk, recovery: number): Promise<void> {
  const writer = new FieldWriter(storedFormat, 8);
  writer.f64(recovery);
  await replaceSealedFile(disk, MEMBER_FOLDER, NAME, format, writer.takeBytes());
}

/** undefined: they are not. */
export async function readFormerMark(disk: Disk): Promise<number | undefined> {
  const found = await readSealedFile(disk, `${MEMBER_FOLDER}/${NAME}`, format);
  return found && new FieldReader(found.content, storedFormat).f64();
}
