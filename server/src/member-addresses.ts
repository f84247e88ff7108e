import type { Configuration } from 'raft-ts-lite';
import type { Config, MemberAddress } from './config/config.ts';
import type { PeerAddress } from './ports/transport.ts';
import { decodeContext, type WantedMember } from './replica/membership/membership.ts';
import { newestReconfig } from './replica/membership/reconfigured.ts';

/** What the configuration file says of a member, as the log keeps it. */
export function wantedMember(address: MemberAddress): WantedMember {
  return {
    serverId: address.serverId,
    host: address.host,
    peerPort: address.peerPort,
    ...(address.electionPort === undefined ? {} : { electionPort: address.electionPort }),
    clientHost: address.clientHost ?? address.host,
    clientPort: address.clientPort ?? 0,
    role: address.role,
  };
}

/** Members of the replicated configuration and of the configuration file; who decides on the membership is believed first. */
export function peerAddresses(
  { serverId: ownServerId, membership }: Pick<Config, 'serverId' | 'membership'>,
  configuration: Configuration | undefined,
  wanted: readonly WantedMember[],
): PeerAddress[] {
  const addresses = new Map<number, PeerAddress>();
  const replicated = [...(configuration?.contexts.values() ?? [])].map(decodeContext);
  const isByFile =
    membership === 'file' && (configuration === undefined || newestReconfig(configuration) === undefined);
  const known = isByFile ? [...replicated, ...wanted] : [...wanted, ...replicated];
  for (const { serverId, host, peerPort } of known)
    addresses.set(serverId, { serverId, host, port: peerPort });
  addresses.delete(ownServerId);
  return [...addresses.values()];
}
