import assert from 'node:assert/strict';
import type { Fitness, Message, NodeId } from '../../src/index.ts';
import {
  accept,
  append,
  BenchNode,
  type Core,
  ELECTION_TICKS,
  HEARTBEAT_TICKS,
  leaderOf,
} from '../support/bench-node.ts';
import type { Rule } from '../support/rule.ts';

/** The longest election timeout: a Write that takes so long may never end. */
const STALL_TICKS = 2 * ELECTION_TICKS;

type Told = Readonly<Record<NodeId, Fitness>>;

/** Time passes at a leader; whom `told` names answers its heartbeats, and says how fit it is. Returns what the leader sent. */
function passAtLeader(core: Core, leader: BenchNode, ticks: number, told: Told): Message[] {
  const sent: Message[] = [];
  const { heartbeat, heartbeatResponse } = core.MessageType;
  for (let i = 0; i < ticks; i += 1) {
    leader.tick();
    for (const message of leader.take()) {
      sent.push(message);
      const fitness = told[message.to];
      if (message.type !== heartbeat || fitness === undefined) continue;
      leader.step({
        type: heartbeatResponse,
        from: message.to,
        term: message.term,
        round: message.round,
        fitness,
      });
    }
    sent.push(...leader.take());
  }
  return sent;
}

/** To whom it said that it shall campaign. */
function chosenOf(core: Core, sent: readonly Message[]): NodeId[] {
  return sent.filter(({ type }) => type === core.MessageType.timeoutNow).map(({ to }) => to);
}

/** A leader that has heard of the others, with an entry on its way that they have and its own disk does not take. */
function leaderWithStuckDisk(core: Core, told: Told, refused: boolean): BenchNode {
  const leader = leaderOf(core);
  passAtLeader(core, leader, HEARTBEAT_TICKS, told);
  leader.autoPersist = false;
  leader.propose('stuck');
  for (const from of [2, 3]) accept(core, leader, from, leader.raft.lastIndex);
  if (refused) leader.refuse();
  leader.take();
  return leader;
}

/** A follower of 2 in term 1 that was sent an entry which its disk does not take. */
function followerWithStuckDisk(core: Core, refused: boolean): BenchNode {
  const node = new BenchNode(core, { term: 1 });
  append(core, node, { term: 1, prevIndex: 3, prevTerm: 0, entries: [1], commit: 4 });
  node.autoPersist = false;
  append(core, node, { term: 1, prevIndex: 4, prevTerm: 1, entries: [1], commit: 4 });
  if (refused) node.refuse();
  else {
    for (let i = 0; i < STALL_TICKS; i += 1) {
      node.tick();
      node.step({ type: core.MessageType.heartbeat, from: 2, term: 1, commit: 4, round: i });
    }
  }
  assert.equal(node.raft.leader, 2);
  node.take();
  return node;
}

/** What the node says of itself to a heartbeat. */
function fitnessTold(core: Core, node: BenchNode): unknown {
  node.take();
  node.step({ type: core.MessageType.heartbeat, from: 2, term: 1, commit: 4, round: 99 });
  return node.takeOf(core.MessageType.heartbeatResponse)[0]?.fitness;
}

export const diskRules: Rule[] = [
  {
    name: 'a leader whose Write does not end hands over after the longest election timeout, and not before',
    check: (core) => {
      const { able } = core.Fitness;
      const leader = leaderWithStuckDisk(core, { 2: able, 3: able }, false);
      const before = passAtLeader(core, leader, STALL_TICKS - 1, { 2: able, 3: able });
      assert.deepEqual(chosenOf(core, before), []);
      assert.equal(chosenOf(core, passAtLeader(core, leader, 2, { 2: able, 3: able })).length, 1);
    },
  },
  {
    name: 'a leader whose Write is refused hands over at once',
    check: (core) => {
      const { able } = core.Fitness;
      const leader = leaderWithStuckDisk(core, { 2: able, 3: able }, true);
      assert.equal(chosenOf(core, passAtLeader(core, leader, 2, { 2: able, 3: able })).length, 1);
    },
  },
  {
    name: 'a leader hands over to nobody whose disk takes no writes, whoever asks',
    check: (core) => {
      const { able, full } = core.Fitness;
      const five = { voters: [1, 2, 3, 4, 5] };
      const told = { 2: full, 3: able, 4: able, 5: able };
      const leader = leaderOf(core, five);
      passAtLeader(core, leader, HEARTBEAT_TICKS, told);
      assert.equal(leader.raft.transferLeadership(2), 'cannot-write');
      assert.notEqual(leader.raft.bestSuccessor, 2);
      leader.autoPersist = false;
      leader.propose('stuck');
      accept(core, leader, 2, leader.raft.lastIndex);
      leader.refuse();
      for (const from of [3, 4, 5]) accept(core, leader, from, leader.raft.lastIndex);
      const chosen = chosenOf(core, passAtLeader(core, leader, 2, told));
      assert.equal(chosen.length, 1);
      assert.notEqual(chosen[0], 2);
    },
  },
  {
    name: 'a leader that cannot write stays where the others are no majority that can',
    check: (core) => {
      const { able, full } = core.Fitness;
      const told = { 2: full, 3: able };
      const leader = leaderWithStuckDisk(core, told, true);
      assert.deepEqual(chosenOf(core, passAtLeader(core, leader, 4 * ELECTION_TICKS, told)), []);
      assert.equal(leader.raft.role, 'leader');
      assert.equal(leader.raft.fitterSuccessor, 0);
      assert.equal(leader.raft.lacksRoom, true);
    },
  },
  {
    name: 'a hand-over that comes to nothing is tried again, but proposals are taken between',
    check: (core) => {
      const { able } = core.Fitness;
      const told = { 2: able, 3: able };
      const leader = leaderWithStuckDisk(core, told, true);
      assert.equal(chosenOf(core, passAtLeader(core, leader, 2, told)).length, 1);
      passAtLeader(core, leader, ELECTION_TICKS, told);
      assert.equal(leader.propose('between').refused, undefined);
      for (const from of [2, 3]) accept(core, leader, from, leader.raft.lastIndex);
      assert.equal(chosenOf(core, passAtLeader(core, leader, ELECTION_TICKS, told)).length, 1);
    },
  },
  {
    name: 'a leader whose disk is nearly full, or that is about to stop, hands over to a fitter voter only',
    check: (core) => {
      const { able, short, leaving } = core.Fitness;
      for (const [own, other, handsOver] of [
        [short, able, true],
        [short, short, false],
        [short, leaving, false],
        [leaving, short, true],
        [leaving, leaving, false],
        [able, able, false],
      ] as const) {
        const leader = leaderOf(core);
        leader.raft.declareFitness(own);
        const told = { 2: other, 3: other };
        const sent = passAtLeader(core, leader, 6 * ELECTION_TICKS, told);
        assert.equal(chosenOf(core, sent).length > 0, handsOver, `${own} with ${other}`);
      }
    },
  },
  {
    name: 'a leader that is short of room again and again, but never for long, keeps its place, and says so at once',
    check: (core) => {
      const { able, short } = core.Fitness;
      const told = { 2: able, 3: able };
      const leader = leaderOf(core);
      for (let round = 0; round < 5; round += 1) {
        leader.raft.declareFitness(short);
        passAtLeader(core, leader, HEARTBEAT_TICKS, { 2: short, 3: short });
        assert.equal(leader.raft.lacksRoom, true);
        assert.deepEqual(chosenOf(core, passAtLeader(core, leader, 2 * ELECTION_TICKS, told)), []);
        leader.raft.declareFitness(able);
        passAtLeader(core, leader, HEARTBEAT_TICKS, told);
      }
      leader.raft.declareFitness(short);
      assert.notDeepEqual(chosenOf(core, passAtLeader(core, leader, 6 * ELECTION_TICKS, told)), []);
    },
  },
  {
    name: 'the best successor is the fittest, and of those the one with the most of the log',
    check: (core) => {
      const { able, short } = core.Fitness;
      const leader = leaderOf(core, { voters: [1, 2, 3, 4] });
      leader.propose('x');
      for (const from of [2, 4]) accept(core, leader, from, leader.raft.lastIndex);
      passAtLeader(core, leader, HEARTBEAT_TICKS, { 2: short, 3: able, 4: able });
      assert.equal(leader.raft.bestSuccessor, 4);
      passAtLeader(core, leader, HEARTBEAT_TICKS, { 2: short, 3: able, 4: short });
      assert.equal(leader.raft.bestSuccessor, 3);
    },
  },
  {
    name: 'room is lacking once those who have some are no majority, and nobody lacks it where nobody is short',
    check: (core) => {
      const { able, short, full, stalled } = core.Fitness;
      const leader = leaderOf(core);
      const lacks = (told: Told): boolean => {
        passAtLeader(core, leader, HEARTBEAT_TICKS, told);
        return leader.raft.lacksRoom;
      };
      assert.equal(lacks({ 2: able, 3: able }), false);
      assert.equal(lacks({ 2: short, 3: able }), false);
      assert.equal(lacks({ 2: short, 3: short }), true);
      assert.equal(lacks({ 2: short, 3: full }), true);
      assert.equal(lacks({ 2: stalled, 3: stalled }), false, 'a disk that does not answer may have room');
      leader.raft.declareFitness(short);
      assert.equal(lacks({ 2: able, 3: able }), false);
      assert.equal(lacks({ 2: able, 3: short }), true);
      passAtLeader(core, leader, ELECTION_TICKS, { 2: able });
      assert.equal(leader.raft.lacksRoom, true, 'who is not heard of has no room');
    },
  },
  {
    name: 'who cannot write neither campaigns nor lets itself be made the leader, and says so to the leader',
    check: (core) => {
      for (const refused of [true, false]) {
        const node = followerWithStuckDisk(core, refused);
        const { full, stalled } = core.Fitness;
        assert.equal(fitnessTold(core, node), refused ? full : stalled);
        node.step({ type: core.MessageType.timeoutNow, from: 2, term: 1 });
        assert.equal(node.raft.role, 'follower');
        node.unlink(2);
        node.tick(6 * ELECTION_TICKS);
        assert.equal(node.raft.role, 'follower');
        assert.equal(node.raft.term, 1);
      }
    },
  },
  {
    name: 'a member whose Write does not end promises no vote that it could not give',
    check: (core) => {
      const { preVote, preVoteResponse } = core.MessageType;
      const node = followerWithStuckDisk(core, false);
      node.unlink(2);
      node.step({ type: preVote, from: 3, term: 2, lastIndex: 9, lastTerm: 1, transfer: false });
      assert.deepEqual(
        node.takeOf(preVoteResponse).map((each) => each.granted),
        [false],
      );
    },
  },
  {
    name: 'a member without room for entries votes: term and vote are written alone, and the vote leaves once they are durable',
    check: (core) => {
      const { vote, voteResponse } = core.MessageType;
      const node = followerWithStuckDisk(core, true);
      node.unlink(2);
      node.step({ type: vote, from: 3, term: 2, lastIndex: 9, lastTerm: 1, transfer: false });
      assert.deepEqual(node.writing?.hardState, { term: 2, vote: 3 });
      assert.deepEqual(node.writing?.entries, []);
      assert.deepEqual(node.takeOf(voteResponse), []);
      node.persist();
      assert.deepEqual(
        node.takeOf(voteResponse).map((each) => each.granted),
        [true],
      );
    },
  },
  {
    name: 'term and vote that a refused Write held beside entries are handed out again at once',
    check: (core) => {
      const node = new BenchNode(core, { term: 1 });
      node.autoPersist = false;
      append(core, node, { term: 2, prevIndex: 3, prevTerm: 0, entries: [2] });
      assert.deepEqual([node.writing?.hardState?.term, node.writing?.entries.length], [2, 1]);
      node.refuse();
      assert.deepEqual([node.writing?.hardState?.term, node.writing?.entries.length], [2, 0]);
    },
  },
  {
    name: 'what was refused is written when the program tries again, and acknowledged only then',
    check: (core) => {
      const { appendResponse } = core.MessageType;
      const node = followerWithStuckDisk(core, true);
      append(core, node, { term: 1, prevIndex: 5, prevTerm: 1, entries: [1], commit: 5 });
      assert.equal(node.isWriting, false);
      assert.equal(node.raft.commit, 5, 'it follows all the same');
      assert.equal(node.raft.persistedIndex, 4);
      node.raft.retryWrites();
      node.work();
      assert.deepEqual(
        node.writing?.entries.map((each) => each.index),
        [5, 6],
      );
      assert.equal(node.raft.isRefused, true);
      node.refuse();
      assert.equal(node.isWriting, false);
      node.raft.retryWrites();
      node.work();
      assert.deepEqual(node.takeOf(appendResponse), []);
      node.persist();
      assert.deepEqual(
        node.takeOf(appendResponse).map((each) => each.index),
        [6],
      );
      assert.equal(node.raft.isRefused, false);
      assert.equal(fitnessTold(core, node), core.Fitness.able);
    },
  },
  {
    name: 'a refused Write promises nothing of the log, neither at once nor when term and vote are durable',
    check: (core) => {
      const { logStatus, vote } = core.MessageType;
      const node = followerWithStuckDisk(core, true);
      node.step({
        type: logStatus,
        from: 3,
        term: 1,
        lastIndex: 5,
        lastTerm: 1,
        voters: [1, 2, 3],
        reply: true,
      });
      assert.deepEqual(node.takeOf(logStatus), []);
      node.unlink(2);
      node.step({ type: vote, from: 3, term: 2, lastIndex: 9, lastTerm: 1, transfer: false });
      node.persist();
      assert.deepEqual(node.takeOf(logStatus), []);
      node.raft.retryWrites();
      node.work();
      node.step({
        type: logStatus,
        from: 3,
        term: 2,
        lastIndex: 5,
        lastTerm: 1,
        voters: [1, 2, 3],
        reply: true,
      });
      assert.deepEqual(node.takeOf(logStatus), []);
      node.persist();
      assert.deepEqual(
        node.takeOf(logStatus).map((each) => each.lastIndex),
        [5],
      );
    },
  },
  {
    name: 'a leader whose own disk lags behind a majority takes no more than it may hold in memory',
    check: (core) => {
      const leader = leaderOf(core, { options: { maxUncommittedBytes: 5_000 } });
      leader.autoPersist = false;
      let taken = 0;
      for (let i = 0; i < 50; i += 1) {
        if (leader.propose('x'.repeat(1_000)).refused === undefined) taken += 1;
        for (const from of [2, 3]) accept(core, leader, from, leader.raft.lastIndex);
        assert.equal(leader.raft.commit, leader.raft.lastIndex);
      }
      assert.ok(taken >= 4 && taken <= 5, `${taken} of 50`);
      leader.persist();
      while (leader.writing !== undefined) leader.persist();
      assert.equal(leader.propose('x').refused, undefined);
    },
  },
];
