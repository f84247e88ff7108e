import type { Ensemble } from '../../testkit/src/systems/ensemble.ts';
import { fourLetterWord } from '../../testkit/src/systems/four-letter-word.ts';
import type { Member } from '../../testkit/src/systems/member.ts';

/** Who leads, and in which epoch (ZooKeeper) or term (Raft): a change and a change back shows in the second. */
export interface Leadership {
  readonly leader: number;
  readonly epoch: number;
}

const HTTP_TIMEOUT_MS = 5_000;
const WORD_TIMEOUT_MS = 5_000;

export async function leadership(ensemble: Ensemble): Promise<Leadership> {
  const leader = await ensemble.leader();
  const epoch = ensemble.system.name === 'rookery' ? await raftTerm(leader) : await zabEpoch(leader);
  return { leader: leader.serverId, epoch };
}

/** The upper half of the zxid. */
async function zabEpoch(member: Member): Promise<number> {
  const answer = await fourLetterWord(member.endpoint, 'srvr', WORD_TIMEOUT_MS);
  const zxid = /^Zxid: 0x([0-9a-f]+)$/m.exec(answer ?? '')?.[1];
  if (zxid === undefined) throw new Error(`member ${member.serverId} tells no zxid`);
  return Math.floor(Number.parseInt(zxid, 16) / 0x1_0000_0000);
}

async function raftTerm(member: Member): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${member.plan.adminPort}/admin/members`, {
    signal: AbortSignal.timeout(HTTP_TIMEOUT_MS),
  });
  const { self } = (await response.json()) as { self?: { term?: number } };
  if (typeof self?.term !== 'number') throw new Error(`member ${member.serverId} tells no term`);
  return self.term;
}
