/** A member of an ensemble of ZooKeeper's, as its configuration has it. */
export interface QuorumMember {
  readonly serverId: number;
  readonly host: string;
  readonly quorumPort: number;
  readonly electionPort: number;
  readonly isVoter: boolean;
}

export interface QuorumConfig {
  readonly members: readonly QuorumMember[];
  /** Votes have weights, or groups: no majority of members decides. */
  readonly isWeighted: boolean;
}

const SERVER_LINE = /^server\.(\d+)=(?:\[([^\]]+)\]|([^:;|]+)):(\d+):(\d+)(?::(participant|observer))?/;

/** What a leader says of who there is: lines as in zoo.cfg. Of a member with several addresses the first. undefined: it says nothing of it. */
export function parseQuorumConfig(text: string): QuorumConfig | undefined {
  const lines = text.split('\n');
  const members = lines.flatMap((line): QuorumMember[] => {
    const match = SERVER_LINE.exec(line.trim());
    if (match === null) return [];
    const [, id, bracketed, plain, quorumPort, electionPort, role] = match;
    return [
      {
        serverId: Number(id),
        host: bracketed ?? plain ?? '',
        quorumPort: Number(quorumPort),
        electionPort: Number(electionPort),
        isVoter: role !== 'observer',
      },
    ];
  });
  if (members.length === 0) return undefined;
  return { members, isWeighted: lines.some((line) => /^(group|weight)\./.test(line.trim())) };
}
