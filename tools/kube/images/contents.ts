import { createHash } from 'node:crypto';
import { run } from '../commands.ts';

/** The same for two images of the same files, whenever they were built; 16 hexadecimal digits. `archive` is as `docker save` writes it. */
export async function contentsHash(archive: string): Promise<string> {
  const read = async (file: string): Promise<unknown> =>
    JSON.parse(await run(['tar', '-xOf', archive, file]));
  const [manifest] = (await read('manifest.json')) as { readonly Config: string }[];
  const { rootfs } = (await read(manifest!.Config)) as { rootfs: { diff_ids: readonly string[] } };
  return createHash('sha256').update(rootfs.diff_ids.join()).digest('hex').slice(0, 16);
}
