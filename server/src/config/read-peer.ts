import { MAX_JOIN_SECRETS } from '../bounds/limits.ts';
import { isLoopbackAddress } from './addresses.ts';
import type { MemberAddress, PeerConfig } from './config.ts';
import { ConfigError, describeOrigin } from './config-error.ts';
import { type Layers, notAllowed } from './layer.ts';
import { needFile, type ReadFile } from './read-file.ts';
import { fileOf, secretsIn } from './secret-setting.ts';

/** What this member asks of others. Throws ConfigError where others could pose as members and nobody said that they may. */
export function readPeer(
  layers: Layers,
  own: MemberAddress,
  hasPeers: boolean,
  readFile: ReadFile,
  warnings: string[],
): PeerConfig {
  const host = layers.value('peer.host') ?? own.host;
  const { secrets, file } = readSecrets(layers, readFile);
  const isEncrypted = layers.value('peer.tls.mode') === 'required';
  const told = layers.value('peer.insecure');
  const isOpen = secrets.length === 0 && !isEncrypted;
  // A zoo.cfg without sslQuorum means what it means to ZooKeeper, unless somebody cared for a secret.
  const isInsecure = layers.written('peer.insecure') === undefined ? told === true && isOpen : told === true;
  const isReachable = hasPeers && !isLoopbackAddress(host);
  if (isReachable && isOpen && !isInsecure) {
    const problem = `${JSON.stringify(host)} can be reached from other machines, and nothing proves who is a member: set peer.tls.mode to required, or peer.secretFile (the same on each member), or peer.insecure to true where only members can reach it`;
    throw new ConfigError(layers.originOf('peer.host'), problem);
  }
  if (isReachable && isInsecure) {
    warnings.push(
      `${describeOrigin(layers.originOf('peer.insecure'))}: whoever reaches the port for members can pose as one, read everything and take over sessions; set peer.secretFile or peer.tls`,
    );
  }
  return {
    host,
    secrets: Object.freeze(secrets),
    ...(file === undefined ? {} : { secretFile: file }),
    // Where no secret is set, TLS does the proving, or nobody else can reach the port, or the network is trusted.
    takesUnproved: secrets.length === 0 || isInsecure,
  };
}

function readSecrets(layers: Layers, readFile: ReadFile): { secrets: readonly string[]; file?: string } {
  const file = fileOf(layers, 'peer.secretFile', 'peer.secret', 'the join secret');
  if (file === undefined) {
    const inline = layers.value('peer.secret');
    return { secrets: inline === undefined ? [] : [inline] };
  }
  const secrets = parseSecrets(needFile(readFile, file, layers.originOf('peer.secretFile')));
  if (secrets === undefined) throw notAllowed('peer.secret', { text: '', origin: { file, key: 'secrets' } });
  return { secrets, file };
}

/** Those of a file of join secrets; undefined where it holds none, too many, or what is no secret. */
export function parseSecrets(text: string): readonly string[] | undefined {
  return secretsIn('peer.secret', text, MAX_JOIN_SECRETS);
}
