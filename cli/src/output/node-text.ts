import type { NodeStat } from '@rookery/client';
import { isEphemeral, sessionText } from '@rookery/client/subtree';

/** To the second, in UTC. */
export function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

export function zxidText(zxid: number): string {
  return `0x${zxid.toString(16)}`;
}

/** The session whose ephemeral node it is. */
export function ownerText(stat: NodeStat): string {
  return isEphemeral(stat) ? sessionText(stat.ephemeralOwner) : '-';
}

/** Characters that would do something to a terminal, as escapes. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}

/** All of a stat, one line each. */
export function statLines(stat: NodeStat): (readonly [string, string])[] {
  return [
    ['ephemeral owner', ownerText(stat)],
    ['version', String(stat.version)],
    ['children', String(stat.numChildren)],
    ['bytes', String(stat.dataLength)],
    ['created', `${timeText(stat.ctime)} by ${zxidText(stat.czxid)}`],
    ['modified', `${timeText(stat.mtime)} by ${zxidText(stat.mzxid)}`],
    ['children changed', `by ${zxidText(stat.pzxid)}`],
    ['children version', String(stat.cversion)],
    ['acl version', String(stat.aversion)],
  ];
}
