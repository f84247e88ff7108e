import { hostOf, isLoopback } from '../../members-http/http-address.ts';
import { type Examined, type MemberDetails, nameOfMember } from '../examined.ts';
import { capital, type Finding, finding } from '../finding.ts';

/** Of four-letter words: those that tell paths and addresses of clients, and those that change something. */
const TELLING = ['cons', 'dump', 'wchc', 'wchp', 'crst', 'srst', 'envi'];

/** What anybody may have who reaches the port of clients. */
export function fourLetterWords({ details }: Examined): Finding[] {
  return details.flatMap((member) => {
    const { properties } = member;
    const list = properties?.['zookeeper.4lw.commands.whitelist'];
    if (list === undefined || isClientLoopback(member)) return [];
    const words = list.split(',').map((word) => word.trim());
    const open = words.includes('*') ? ['*'] : words.filter((word) => TELLING.includes(word));
    if (open.length === 0) return [];
    const what = `${capital(nameOfMember(member))} answers four-letter words that tell of clients, or change something, to everybody: ${open.join(', ')}.`;
    const todo = 'Allow those alone that your monitoring needs: 4lw.commands.whitelist=srvr,mntr,ruok.';
    return [finding('four-letter-words', 'advice', [member.answer.self.serverId], what, todo)];
  });
}

/** What anybody may do who reaches HTTP. */
export function adminToken({ details }: Examined): Finding[] {
  return details.flatMap((member) => {
    const { answer, http } = member;
    if (isLoopback(http.host)) return [];
    const { serverId, adminTokens } = answer.self;
    if (answer.by === 'admin' && adminTokens === 0) {
      const what = `${capital(nameOfMember(member))} asks for no token at ${http.host}, which is not this machine alone.`;
      return [finding('admin-token', 'wrong', [serverId], what, 'Set http.tokenFile on every member.')];
    }
    if (answer.by === 'admin' && !http.isSecure) {
      const what = `The token goes to ${nameOfMember(member)} without TLS: whoever reads along has it.`;
      return [finding('admin-plain', 'advice', [serverId], what, 'Set http.tls, or reach it by a tunnel.')];
    }
    if (answer.by === 'admin' || answer.wantsToken === true) return [];
    const what = `The AdminServer of ${nameOfMember(member)} tells everybody of the clients, at ${http.host}.`;
    const todo = 'Have it listen on loopback alone (admin.serverAddress), or let nobody reach it.';
    return [finding('admin-token', 'advice', [serverId], what, todo)];
  });
}

const required = ['zookeeper.enforce.auth.enabled', 'zookeeper.sessionRequireClientSASLAuth'];

/** Clients that need not say who they are. */
export function authNotRequired({ details }: Examined): Finding[] {
  const open = details.filter((member) => {
    const { properties } = member;
    if (properties === undefined || isClientLoopback(member)) return false;
    // By TLS alone, and with a certificate of their own.
    const isProved =
      properties['zookeeper.clientPort'] === undefined && properties['zookeeper.ssl.clientAuth'] === 'need';
    return !isProved && !required.some((name) => properties[name] === 'true');
  });
  if (open.length === 0) return [];
  return [
    finding(
      'auth-not-required',
      'advice',
      open.map(({ answer }) => answer.self.serverId),
      'Clients need not prove who they are: what access lists leave open, everybody has who reaches the port.',
      'Require a proof (enforce.auth.enabled and enforce.auth.schemes, or TLS with client certificates), or let nobody else reach the port.',
    ),
  ];
}

function isClientLoopback({ properties, answer }: MemberDetails): boolean {
  const { clientAddress = '' } = answer.self;
  return isLoopback(properties?.['zookeeper.clientPortAddress'] ?? hostOf(clientAddress));
}
