import type { Configuration } from 'raft-ts-lite';
import type { MemberAddress } from '../../src/config/config.ts';
import { decodeContext } from '../../src/replica/membership/membership.ts';

/** Who is meant to be a member, and in which role: what the configuration files say once somebody has changed all of them. */
export class Roster {
  #members: readonly MemberAddress[];
  /** Clients say so by reconfigs: files are changed, too, and no member is started again for that. */
  isByReconfig = false;

  constructor(members: readonly MemberAddress[]) {
    this.#members = members;
  }

  get members(): readonly MemberAddress[] {
    return this.#members;
  }

  get voters(): readonly MemberAddress[] {
    return this.#members.filter((member) => member.role === 'voter');
  }

  has(serverId: number): boolean {
    return this.#members.some((member) => member.serverId === serverId);
  }

  isVoter(serverId: number): boolean {
    return this.voters.some((member) => member.serverId === serverId);
  }

  /** A new member, or one that is there in another role. */
  set(member: MemberAddress): void {
    const others = this.#members.filter(({ serverId }) => serverId !== member.serverId);
    this.#members = [...others, member].sort((a, b) => a.serverId - b.serverId);
  }

  remove(serverId: number): void {
    this.#members = this.#members.filter((member) => member.serverId !== serverId);
  }

  /** Whether these, and nobody else, are in the configuration, in their roles and for good. */
  matches({ voters, outgoing, learners, contexts }: Configuration): boolean {
    if (outgoing.length > 0 || voters.length + learners.length !== this.#members.length) return false;
    const serverIds = new Map([...contexts].map(([id, text]) => [id, decodeContext(text).serverId]));
    return (
      voters.every((id) => this.isVoter(serverIds.get(id) ?? 0)) &&
      learners.every((id) => {
        const serverId = serverIds.get(id) ?? 0;
        return this.has(serverId) && !this.isVoter(serverId);
      })
    );
  }
}
