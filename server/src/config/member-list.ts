import { ConfigError, type Origin } from './config-error.ts';
import type { GivenMember } from './layer.ts';
import { parseServerId, parseServerLine } from './server-line.ts';

interface MemberList {
  readonly members: readonly GivenMember[];
  readonly warnings: readonly string[];
}

/** Reads `1=host:peerPort;clientPort`, one text per member, as --member and ROOKERY_MEMBERS take them. */
export function readMemberList(texts: readonly string[], origin: Origin): MemberList {
  const members: GivenMember[] = [];
  const warnings: string[] = [];
  for (const text of texts) {
    if (text === '') continue;
    const equals = text.indexOf('=');
    if (equals < 1) {
      const problem = `${JSON.stringify(text)} is not allowed; allowed is id=host:port[:role][;[address:]clientPort]`;
      throw new ConfigError(origin, problem);
    }
    const serverId = parseServerId(text.slice(0, equals), origin);
    const line = parseServerLine(serverId, text.slice(equals + 1), origin);
    members.push({ member: line.member, origin });
    warnings.push(...line.warnings);
  }
  return { members, warnings };
}
