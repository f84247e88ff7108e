import { expect, test } from 'vitest';
import { configOf } from '../connections/ensemble.ts';
import { LoneMember, threeVoters } from './lone-member.ts';

test.each(['EMFILE', 'ENOSPC'])(
  'a member whose disk has no room yet for who it is (%s) waits, says so once, and belongs to its cluster once there is',
  async (code) => {
    const lone = new LoneMember(configOf(1, threeVoters, {}));
    let refused = 0;
    lone.volume.decide = ({ kind, name }) => {
      const isRefused = code === 'EMFILE' ? kind === 'create' : kind === 'allocate';
      if (!isRefused || !name.startsWith('member/vote') || refused === 2) return {};
      refused++;
      return { error: code };
    };
    await lone.begin();
    expect(refused).toBe(2);
    expect(lone.fatal).toBeUndefined();
    expect(lone.member.links.self.clusterId).not.toBe('');
    expect(lone.log.of('warn', 'cannot write who it is yet')).toHaveLength(1);
  },
);
