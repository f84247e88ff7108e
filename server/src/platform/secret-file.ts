import { promises as files } from 'node:fs';
import { parseSecrets } from '../config/read-peer.ts';
import type { Logger } from '../ports/logger.ts';
import type { JoinSecrets } from './join-secrets.ts';
import type { WatchedFiles } from './watched-files.ts';

/** Has new links prove by what the file holds from then on; links that stand go on. While it cannot be read, the former secrets stay. */
export function followSecretFile(
  path: string,
  secrets: JoinSecrets,
  watched: WatchedFiles,
  log: Logger,
): void {
  const read = async (): Promise<void> => {
    const found = await files.readFile(path, 'utf8').then(parseSecrets, () => undefined);
    if (found === undefined) {
      const message = 'cannot read the join secret anew: the one that was read last stays';
      log.warn({ file: path }, message);
    } else if (secrets.replace(found))
      log.info({ file: path }, 'the join secret has changed: new links prove by it');
  };
  watched.watch(
    async () => [path],
    () => void read(),
  );
}
