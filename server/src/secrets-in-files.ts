import type { Config } from './config/config.ts';
import { parseSecrets } from './config/read-peer.ts';
import { usersFrom } from './config/sasl-users.ts';
import type { Clients } from './connections/clients.ts';
import type { FollowedFiles } from './platform/followed-files.ts';
import type { JoinSecrets } from './platform/join-secrets.ts';

/** Has what a member was told in files follow them: the join secret, and who may authenticate by SASL. */
export function followSecrets(
  { peer, auth }: Pick<Config, 'peer' | 'auth'>,
  joinSecrets: JoinSecrets,
  { sasl }: Pick<Clients, 'sasl'>,
  followed: FollowedFiles,
): void {
  if (peer.secretFile !== undefined) {
    followed.follow(peer.secretFile, 'the join secret', (text) => {
      const secrets = parseSecrets(text);
      if (secrets === undefined) throw new Error('it holds no join secret, or more than two');
      return joinSecrets.replace(secrets);
    });
  }
  const { source } = auth.sasl;
  if (source !== undefined) {
    followed.follow(source.file, 'the file of SASL users', (text) => {
      const users = usersFrom(source, text);
      if (users === undefined) throw new Error('it has no section of that name (sasl.jaasSection)');
      return sasl.users.replace(users);
    });
  }
}
