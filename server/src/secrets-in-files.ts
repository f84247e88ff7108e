import { tokensIn } from './config/admin-tokens.ts';
import { bearersIn } from './config/bearers-file.ts';
import type { Config } from './config/config.ts';
import { parseSecrets } from './config/read-peer.ts';
import { usersFrom } from './config/sasl-users.ts';
import { superDigestIn } from './config/super-digest.ts';
import type { Clients } from './connections/clients.ts';
import type { AdminToken } from './http/admin-token.ts';
import type { BearerTokens } from './http/v1/bearer-tokens.ts';
import type { FollowedFiles } from './platform/followed-files.ts';
import type { JoinSecrets } from './platform/join-secrets.ts';

/** Where what changes in a file is put. */
export interface SecretHolders {
  readonly joinSecrets: JoinSecrets;
  readonly adminToken: AdminToken | undefined;
  readonly bearers: BearerTokens | undefined;
  readonly clients: Pick<Clients, 'sasl' | 'verifier'>;
}

type SecretFiles = Pick<Config, 'peer' | 'auth' | 'http' | 'superDigestFile'>;

/** Has what a member was told in files follow them: the join secret, the token of /admin, bearer tokens, the super digest, and who may authenticate by SASL. */
export function followSecrets(config: SecretFiles, holders: SecretHolders, followed: FollowedFiles): void {
  const { peer, auth, http, superDigestFile } = config;
  const { joinSecrets, adminToken, bearers, clients } = holders;
  if (peer.secretFile !== undefined) {
    followed.follow(peer.secretFile, 'the join secret', (text) => {
      const secrets = parseSecrets(text);
      if (secrets === undefined) throw new Error('it holds no join secret, or more than two');
      return joinSecrets.replace(secrets);
    });
  }
  if (adminToken !== undefined && http.tokenFile !== undefined)
    followed.follow(http.tokenFile, 'the token of /admin', (text) => {
      const tokens = tokensIn(text);
      if (tokens === undefined) throw new Error('it holds no token, or more than two');
      return adminToken.replace(tokens);
    });
  const { identitiesFile } = http;
  if (bearers !== undefined && identitiesFile !== undefined)
    followed.follow(identitiesFile, 'the file of bearer tokens', (text) => {
      const isAdminToken = (token: string): boolean => adminToken?.isIn(`Bearer ${token}`) === true;
      const { superDigest } = clients.verifier;
      return bearers.replace(bearersIn(identitiesFile, text, { auth, superDigest, isAdminToken }));
    });
  if (superDigestFile !== undefined) {
    followed.follow(superDigestFile, 'the digest of the super user', (text) => {
      const { verifier } = clients;
      const before = verifier.superDigest;
      verifier.superDigest = superDigestIn(text, auth.digestAlgorithm);
      return verifier.superDigest !== before;
    });
  }
  const { source } = auth.sasl;
  if (source !== undefined) {
    followed.follow(source.file, 'the file of SASL users', (text) => {
      const users = usersFrom(source, text);
      if (users === undefined) throw new Error('it has no section of that name (sasl.jaasSection)');
      return clients.sasl.users.replace(users);
    });
  }
}
