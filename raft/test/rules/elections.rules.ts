import assert from 'node:assert/strict';
import {
  append,
  BenchNode,
  ELECTION_TICKS,
  elect,
  HEARTBEAT_TICKS,
  leaderOf,
} from '../support/bench-node.ts';
import type { Rule } from '../support/rule.ts';

export const electionRules: Rule[] = [
  {
    name: 'a server starts as a follower and waits (paper 5.2)',
    check: (core) => {
      const node = new BenchNode(core);
      node.tick(ELECTION_TICKS - 1);
      assert.equal(node.raft.role, 'follower');
      assert.deepEqual(node.take(), []);
    },
  },
  {
    name: 'a server takes up a newer term and follows (paper 5.1)',
    check: (core) => {
      const { heartbeatResponse, append: appendType } = core.MessageType;
      const leader = leaderOf(core);
      leader.step({ type: heartbeatResponse, from: 2, term: 5, round: 0 });
      assert.equal(leader.raft.role, 'follower');
      assert.equal(leader.raft.term, 5);
      const follower = new BenchNode(core, { term: 1 });
      append(core, follower, { term: 4, prevIndex: 3, prevTerm: 0, entries: [] });
      assert.equal(follower.raft.term, 4);
      assert.equal(follower.raft.leader, 2);
      assert.equal(follower.takeOf(appendType).length, 0);
    },
  },
  {
    name: 'a term that no number of elections leads to raises nothing, whatever speaks of it',
    check: (core) => {
      const { vote, voteResponse, appendResponse, heartbeat, timeoutNow } = core.MessageType;
      for (const term of [core.MAX_TERM_LEAD + 4, Number.MAX_SAFE_INTEGER]) {
        const node = new BenchNode(core, { term: 3 });
        node.step({ type: vote, from: 2, term, lastIndex: 9, lastTerm: 3, transfer: true });
        node.step({ type: voteResponse, from: 2, term, granted: false });
        const answer = { accepted: false, index: 0, hintIndex: 0, hintTerm: 0 };
        node.step({ type: appendResponse, from: 2, term, ...answer });
        node.step({ type: heartbeat, from: 2, term, commit: 3, round: 1 });
        node.step({ type: timeoutNow, from: 2, term });
        assert.equal(node.raft.term, 3);
        assert.equal(node.raft.leader, 0);
      }
      const node = new BenchNode(core, { term: 3 });
      node.step({ type: heartbeat, from: 2, term: core.MAX_TERM_LEAD + 3, commit: 3, round: 1 });
      assert.equal(node.raft.term, core.MAX_TERM_LEAD + 3);
      const last = new BenchNode(core, { term: core.MAX_TERM });
      last.step({ type: heartbeat, from: 2, term: core.MAX_TERM + 1, commit: 3, round: 1 });
      assert.equal(last.raft.term, core.MAX_TERM);
    },
  },
  {
    name: 'requests of an old term are refused with the newer one (paper 5.1)',
    check: (core) => {
      const { appendResponse, vote, voteResponse } = core.MessageType;
      const node = new BenchNode(core, { term: 3 });
      append(core, node, { term: 2, prevIndex: 3, prevTerm: 0, entries: [2] });
      assert.equal(node.raft.lastIndex, 3);
      const [refused] = node.takeOf(appendResponse);
      assert.equal(refused?.accepted, false);
      assert.equal(refused?.term, 3);
      node.step({ type: vote, from: 2, term: 2, lastIndex: 9, lastTerm: 1, transfer: false });
      const [denied] = node.takeOf(voteResponse);
      assert.equal(denied?.granted, false);
      assert.equal(denied?.term, 3);
    },
  },
  {
    name: 'silence for an election timeout starts an election: new term, own vote, requests to all (paper 5.2)',
    check: (core) => {
      const { preVote, preVoteResponse, vote } = core.MessageType;
      const node = new BenchNode(core);
      node.tick(2 * ELECTION_TICKS);
      assert.equal(node.raft.role, 'pre-candidate');
      assert.deepEqual(
        node.takeOf(preVote).map((each) => each.to),
        [2, 3],
      );
      node.step({ type: preVoteResponse, from: 2, term: 1, granted: true });
      assert.equal(node.raft.role, 'candidate');
      assert.equal(node.raft.term, 1);
      assert.equal(node.raft.vote, 1);
      assert.deepEqual(
        node.takeOf(vote).map((each) => each.to),
        [2, 3],
      );
    },
  },
  {
    name: 'election timeouts are drawn from [e, 2e), differently by seed (paper 5.2)',
    check: (core) => {
      const seen = new Set<number>();
      for (let seed = 1; seed <= 200; seed += 1) {
        const node = new BenchNode(core, { options: { seed } });
        let ticks = 0;
        while (node.raft.role === 'follower') {
          node.tick();
          ticks += 1;
        }
        assert.ok(ticks >= ELECTION_TICKS && ticks < 2 * ELECTION_TICKS, `${ticks} ticks with seed ${seed}`);
        seen.add(ticks);
      }
      assert.equal(seen.size, ELECTION_TICKS);
    },
  },
  {
    name: 'a majority of votes wins, fewer do not, refusals of a majority end it (paper 5.2)',
    check: (core) => {
      const { preVoteResponse, voteResponse } = core.MessageType;
      const cases = [
        { size: 1, grants: 0, refusals: 0, role: 'leader' },
        { size: 3, grants: 1, refusals: 0, role: 'leader' },
        { size: 3, grants: 0, refusals: 1, role: 'candidate' },
        { size: 3, grants: 0, refusals: 2, role: 'follower' },
        { size: 5, grants: 1, refusals: 1, role: 'candidate' },
        { size: 5, grants: 2, refusals: 2, role: 'leader' },
        { size: 5, grants: 1, refusals: 3, role: 'follower' },
      ];
      for (const { size, grants, refusals, role } of cases) {
        const voters = Array.from({ length: size }, (_, i) => i + 1);
        const node = new BenchNode(core, { voters });
        node.tick(2 * ELECTION_TICKS - 1);
        for (const from of voters.slice(1))
          node.step({ type: preVoteResponse, from, term: 1, granted: true });
        for (let i = 0; i < grants + refusals; i += 1)
          node.step({ type: voteResponse, from: i + 2, term: 1, granted: i < grants });
        assert.equal(node.raft.role, role, `${size} voters, ${grants} grants, ${refusals} refusals`);
      }
    },
  },
  {
    name: 'a server votes for one candidate a term, first come, first served (paper 5.2)',
    check: (core) => {
      const { vote, voteResponse } = core.MessageType;
      const node = new BenchNode(core);
      const request = { type: vote, term: 1, lastIndex: 3, lastTerm: 0, transfer: false } as const;
      node.step({ ...request, from: 2 });
      node.step({ ...request, from: 3 });
      node.step({ ...request, from: 2 });
      const answers = node.takeOf(voteResponse).map((each) => [each.to, each.granted]);
      assert.deepEqual(answers, [
        [2, true],
        [3, false],
        [2, true],
      ]);
      node.step({ ...request, from: 3, term: 2 });
      assert.deepEqual(
        node.takeOf(voteResponse).map((each) => each.granted),
        [true],
      );
    },
  },
  {
    name: 'a vote survives a restart (paper 5.1, figure 2: persistent state)',
    check: (core) => {
      const { vote, voteResponse } = core.MessageType;
      const node = new BenchNode(core, { term: 4, vote: 3 });
      const request = { type: vote, term: 4, lastIndex: 3, lastTerm: 0, transfer: false } as const;
      node.step({ ...request, from: 2 });
      node.step({ ...request, from: 3 });
      assert.deepEqual(
        node.takeOf(voteResponse).map((each) => each.granted),
        [false, true],
      );
    },
  },
  {
    name: 'a vote leaves only once it is durable (paper 5.1, figure 2)',
    check: (core) => {
      const { vote, voteResponse } = core.MessageType;
      const node = new BenchNode(core);
      node.autoPersist = false;
      node.step({ type: vote, from: 2, term: 1, lastIndex: 3, lastTerm: 0, transfer: false });
      assert.deepEqual(node.writing?.hardState, { term: 1, vote: 2 });
      assert.deepEqual(node.takeOf(voteResponse), []);
      node.persist();
      assert.deepEqual(
        node.takeOf(voteResponse).map((each) => each.granted),
        [true],
      );
    },
  },
  {
    name: 'what waits for a sync is bounded: a disk that hangs does not fill the memory',
    check: (core) => {
      const { logStatus } = core.MessageType;
      const node = new BenchNode(core);
      node.autoPersist = false;
      append(core, node, { term: 1, prevIndex: 3, prevTerm: 0, entries: [1] });
      for (let i = 0; i < 5_000; i += 1)
        node.step({
          type: logStatus,
          from: 3,
          term: 1,
          lastIndex: 3,
          lastTerm: 0,
          voters: [1, 2, 3],
          reply: true,
        });
      node.persist();
      assert.ok(node.takeOf(logStatus).length <= 1_000);
    },
  },
  {
    name: "a candidate's requests leave, and its own vote counts, only once term and vote are durable (figure 2)",
    check: (core) => {
      const { preVoteResponse, vote, voteResponse } = core.MessageType;
      const node = new BenchNode(core);
      node.autoPersist = false;
      node.tick(2 * ELECTION_TICKS);
      node.step({ type: preVoteResponse, from: 2, term: 1, granted: true });
      assert.deepEqual(node.takeOf(vote), []);
      node.step({ type: voteResponse, from: 2, term: 1, granted: true });
      assert.equal(node.raft.role, 'candidate');
      node.persist();
      assert.equal(node.raft.role, 'leader');
      const alone = new BenchNode(core, { voters: [1] });
      alone.autoPersist = false;
      alone.tick(1);
      assert.equal(alone.raft.role, 'candidate');
      alone.persist();
      assert.equal(alone.raft.role, 'leader');
    },
  },
  {
    name: 'a voter that is alone campaigns at once; one beside others, or one that is no voter, does not',
    check: (core) => {
      for (const [voters, role] of [
        [[1], 'leader'],
        [[1, 2], 'follower'],
        [[2], 'follower'],
      ] as const) {
        const node = new BenchNode(core, { voters: [...voters] });
        node.tick(1);
        assert.equal(node.raft.role, role, `voters ${voters.join()}`);
      }
    },
  },
  {
    name: 'a vote is denied to a log that is less up-to-date: last term first, then length (paper 5.4.1)',
    check: (core) => {
      const { vote, preVote, voteResponse, preVoteResponse } = core.MessageType;
      const cases: [log: number[], lastTerm: number, lastIndex: number, granted: boolean][] = [
        [[1], 1, 4, true],
        [[1], 1, 5, true],
        [[1, 1], 1, 4, false],
        [[1], 2, 4, true],
        [[1, 1, 1], 2, 4, true],
        [[2], 1, 9, false],
      ];
      for (const [log, lastTerm, lastIndex, granted] of cases) {
        const node = new BenchNode(core, { log, term: 2 });
        node.step({ type: preVote, from: 2, term: 3, lastIndex, lastTerm, transfer: false });
        assert.equal(node.takeOf(preVoteResponse)[0]?.granted, granted, `pre-vote ${log}`);
        node.step({ type: vote, from: 2, term: 3, lastIndex, lastTerm, transfer: false });
        assert.equal(node.takeOf(voteResponse)[0]?.granted, granted, `vote ${log}`);
      }
    },
  },
  {
    name: 'a candidate follows a leader of its term (paper 5.2)',
    check: (core) => {
      const { preVoteResponse } = core.MessageType;
      const node = new BenchNode(core);
      node.tick(2 * ELECTION_TICKS);
      node.step({ type: preVoteResponse, from: 2, term: 1, granted: true });
      assert.equal(node.raft.role, 'candidate');
      append(core, node, { from: 3, term: 1, prevIndex: 3, prevTerm: 0, entries: [1] });
      assert.equal(node.raft.role, 'follower');
      assert.equal(node.raft.leader, 3);
    },
  },
  {
    name: 'a split vote is followed by another election in a newer term (paper 5.2)',
    check: (core) => {
      const { preVoteResponse } = core.MessageType;
      const node = new BenchNode(core);
      elect(core, node, []);
      node.step({ type: preVoteResponse, from: 2, term: 1, granted: true });
      const role = (): string => node.raft.role;
      assert.equal(role(), 'candidate');
      for (let i = 0; i < 4 * ELECTION_TICKS && role() !== 'pre-candidate'; i += 1) node.tick();
      node.step({ type: preVoteResponse, from: 2, term: 2, granted: true });
      assert.equal(role(), 'candidate');
      assert.equal(node.raft.term, 2);
    },
  },
  {
    name: 'a leader sends heartbeats to all while it leads (paper 5.2)',
    check: (core) => {
      const { heartbeat, heartbeatResponse } = core.MessageType;
      const leader = leaderOf(core);
      for (let i = 0; i < 5; i += 1) {
        leader.tick(HEARTBEAT_TICKS);
        const beats = leader.takeOf(heartbeat);
        assert.deepEqual(
          beats.map((each) => each.to),
          [2, 3],
        );
        for (const { round } of beats.slice(0, 1))
          leader.step({ type: heartbeatResponse, from: 2, term: 1, round });
      }
      assert.equal(leader.raft.role, 'leader');
    },
  },
  {
    name: 'a follower that hears of the leader does not campaign (paper 5.2)',
    check: (core) => {
      const { heartbeat } = core.MessageType;
      const node = new BenchNode(core, { term: 1 });
      for (let i = 0; i < 20; i += 1) {
        node.step({ type: heartbeat, from: 2, term: 1, commit: 0, round: 0 });
        node.tick(ELECTION_TICKS - 1);
        assert.equal(node.raft.role, 'follower');
      }
    },
  },
  {
    name: 'a leader that no majority answers for an election timeout steps down (thesis 6.2)',
    check: (core) => {
      const leader = leaderOf(core);
      leader.tick(ELECTION_TICKS - 1);
      assert.equal(leader.raft.role, 'leader');
      leader.tick(HEARTBEAT_TICKS + 1);
      assert.equal(leader.raft.role, 'follower');
      assert.equal(leader.raft.leader, 0);
      assert.equal(leader.propose('x').refused, 'not-leader');
    },
  },
  {
    name: 'a vote request is ignored while the leader is heard of, unless the leader asked for it (thesis 4.2.3, 3.10)',
    check: (core) => {
      const { heartbeat, vote, voteResponse } = core.MessageType;
      const node = new BenchNode(core, { term: 1 });
      node.step({ type: heartbeat, from: 2, term: 1, commit: 0, round: 0 });
      const request = { type: vote, from: 3, term: 2, lastIndex: 9, lastTerm: 1 } as const;
      node.step({ ...request, transfer: false });
      assert.equal(node.raft.term, 1);
      assert.deepEqual(node.takeOf(voteResponse), []);
      node.step({ ...request, transfer: true });
      assert.equal(node.raft.term, 2);
      assert.deepEqual(
        node.takeOf(voteResponse).map((each) => each.granted),
        [true],
      );
    },
  },
  {
    name: 'a member tells how long it has not heard its leader, and a leader how long no majority has answered it',
    check: (core) => {
      const { heartbeat, heartbeatResponse } = core.MessageType;
      const follower = new BenchNode(core, { term: 1 });
      follower.step({ type: heartbeat, from: 2, term: 1, commit: 3, round: 1 });
      assert.equal(follower.raft.silentTicks, 0);
      follower.tick(2 * ELECTION_TICKS);
      assert.equal(follower.raft.leader, 0);
      assert.equal(follower.raft.silentTicks, 2 * ELECTION_TICKS);
      const leader = leaderOf(core);
      leader.tick(3);
      leader.step({ type: heartbeatResponse, from: 2, term: leader.raft.term, round: 0 });
      leader.tick(HEARTBEAT_TICKS);
      assert.equal(leader.raft.silentTicks, HEARTBEAT_TICKS);
      leader.tick(ELECTION_TICKS);
      assert.notEqual(leader.raft.role, 'leader');
      assert.ok(leader.raft.silentTicks >= ELECTION_TICKS, `${leader.raft.silentTicks} ticks`);
    },
  },
];
