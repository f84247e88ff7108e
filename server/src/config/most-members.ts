import { MAX_MEMBERS } from '../bounds/limits.ts';
import type { Config } from './config.ts';

/** So many members the ensemble may come to have while this process runs, itself included: 1 where nobody will ever ask for it at a port for members. */
export function mostMembers({ members, membership }: Pick<Config, 'members' | 'membership'>): number {
  return membership === 'admin' ? MAX_MEMBERS : members.length;
}
