import { beforeEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../../testkit/src/kept-log.ts';
import { FieldReader } from '../../../src/codec/field-reader.ts';
import { FrameSplitter } from '../../../src/replica/peers/frame-splitter.ts';
import {
  type Answered,
  type AnswerQuestion,
  MemberQuestions,
  UnansweredQuestion,
} from '../../../src/replica/peers/member-questions.ts';
import { Outbox } from '../../../src/replica/peers/outbox.ts';
import { PeerProtocolError, peerFormat } from '../../../src/replica/peers/peer-format.ts';
import { isForMembersOnly, PeerFrame } from '../../../src/replica/peers/peer-frames.ts';
import { writeAsked, writeTold } from '../../../src/replica/peers/question-frames.ts';
import { VirtualScheduler } from '../../ports/virtual-scheduler.ts';

const FRAME_BYTES = 1_000_000;
const bounds = { askedBytes: 100, toldBytes: 1_000, toldWindowBytes: 3_000, questionMs: 2_000 };
/** Answers at a time, by these bounds. */
const MOST = 3;

let scheduler: VirtualScheduler;
let one: End;
let two: End;

beforeEach(() => {
  scheduler = new VirtualScheduler();
  one = new End(1, 2);
  two = new End(2, 1);
});

/** One of two members, and its side of the link between them. */
class End {
  readonly log = new KeptLog();
  readonly questions: MemberQuestions;
  outbox: Outbox | undefined = new Outbox(FRAME_BYTES);
  waitingBytes = 0;
  wakes = 0;
  /** What it was asked. */
  readonly heard: [string, number][] = [];
  answer: AnswerQuestion = async (question) => JSON.stringify({ asked: JSON.parse(question) });
  readonly #self: number;
  readonly #other: number;

  constructor(self: number, other: number) {
    this.#self = self;
    this.#other = other;
    this.questions = new MemberQuestions({
      links: {
        outbox: (serverId) => (serverId === this.#other ? this.outbox : undefined),
        waitingBytes: () => this.waitingBytes,
      },
      bounds,
      scheduler,
      clock: { monotonicMs: () => scheduler.nowMs, wallMs: () => 0 },
      log: this.log,
      answer: (question, from) => {
        this.heard.push([question, from]);
        return this.answer(question, from);
      },
      wake: () => this.wakes++,
    });
  }

  ask(question = '{}', patienceMs?: number): Promise<Answered> {
    return this.questions.ask(this.#other, question, patienceMs);
  }

  /** What it wrote arrives at the other end; returns the kinds of the frames. */
  deliver(to: End): number[] {
    return to.take(this.outbox!.takeBytes(), this.#self);
  }

  take(bytes: Uint8Array, from: number): number[] {
    const kinds: number[] = [];
    new FrameSplitter(FRAME_BYTES).push(bytes, (frame) => {
      const reader = new FieldReader(frame, peerFormat);
      const kind = reader.u8();
      kinds.push(kind);
      this.questions.frame(from, kind, reader);
    });
    return kinds;
  }
}

describe('a question to another member', () => {
  test('is answered by one frame, over the link that it came by', async () => {
    const answered = one.ask('{"ask":"report"}');
    expect(one.wakes).toBe(1);
    expect(one.deliver(two)).toEqual([PeerFrame.asked]);
    await scheduler.settle();
    expect(two.heard).toEqual([['{"ask":"report"}', 1]]);
    expect(two.wakes).toBe(1);
    expect(two.deliver(one)).toEqual([PeerFrame.told]);
    expect(await answered).toEqual({ ok: true, answer: '{"asked":{"ask":"report"}}' });
    expect([one.questions.waiting, scheduler.timers]).toEqual([0, 0]);
  });

  test('that an older build leaves out is given up after two seconds, and says so', async () => {
    const answered = one.ask();
    await scheduler.advance(1_999);
    expect(one.questions.waiting).toBe(1);
    await scheduler.advance(1);
    expect(await answered).toEqual({
      ok: false,
      why: 'member 2 did not answer within 2 s: it is slow, or runs a version that cannot be asked',
    });
    expect([one.questions.waiting, scheduler.timers]).toEqual([0, 0]);
  });

  test('is waited for as long as its asker says', async () => {
    const answered = one.ask('{}', 500);
    await scheduler.advance(500);
    expect(await answered).toMatchObject({ ok: false, why: expect.stringContaining('within 0.5 s') });
  });

  test('ends with its link', async () => {
    const answered = one.ask();
    one.questions.parted(3);
    expect(one.questions.waiting).toBe(1);
    one.questions.parted(2);
    expect(await answered).toEqual({ ok: false, why: 'the link to member 2 broke before it answered' });
    expect(scheduler.timers).toBe(0);
  });

  test('is not sent where there is no link, and where it is too long', async () => {
    expect(await one.ask('x'.repeat(101))).toEqual({ ok: false, why: 'the question is too long' });
    expect(one.outbox!.length).toBe(0);
    one.outbox = undefined;
    expect(await one.ask()).toEqual({ ok: false, why: 'member 2 is not connected to this one' });
  });

  test('waits for no more than have room in the window of answers', async () => {
    const asked = Array.from({ length: MOST }, () => one.ask());
    expect(await one.ask()).toEqual({
      ok: false,
      why: 'too much is asked of member 2 at once: ask again',
    });
    one.deliver(two);
    await scheduler.settle();
    two.deliver(one);
    expect((await Promise.all(asked)).map(({ ok }) => ok)).toEqual([true, true, true]);
    one.ask();
    expect(one.questions.waiting).toBe(1);
  });
});

describe('an answer', () => {
  const tell = (id: number, from = 2, text = '"late"', isError = false): void => {
    const outbox = new Outbox(FRAME_BYTES);
    writeTold(outbox, { id, isError, text });
    one.take(outbox.takeBytes(), from);
  };

  test('to no question, of another member than was asked, or after the question was given up, is left out', async () => {
    tell(1);
    const answered = one.ask();
    tell(2);
    tell(1, 3);
    expect(one.questions.waiting).toBe(1);
    await scheduler.advance(2_000);
    tell(1);
    expect(await answered).toMatchObject({ ok: false });
  });

  test('that is longer than one may be is not taken, be it an answer or an excuse', async () => {
    const first = one.ask();
    tell(1, 2, 'x'.repeat(1_001));
    expect(await first).toEqual({ ok: false, why: 'its answer is longer than an answer may be' });
    const second = one.ask();
    tell(2, 2, 'y'.repeat(1_000), true);
    expect(await second).toEqual({ ok: false, why: 'y'.repeat(500) });
  });

  test('of a link that was replaced goes nowhere: who is at the other end now may have asked something else', async () => {
    let goOn = (): void => {};
    two.answer = async () => {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      return '{}';
    };
    one.ask();
    one.deliver(two);
    const former = two.outbox!;
    two.outbox = new Outbox(FRAME_BYTES);
    goOn();
    await scheduler.settle();
    expect([former.length, two.outbox.length, two.wakes]).toEqual([0, 0, 0]);
  });
});

describe('a member that is asked', () => {
  test('says why it does not answer, and goes on after any failure', async () => {
    const failures: [() => Promise<string>, string][] = [
      [() => Promise.reject(new UnansweredQuestion('it does not know that')), 'it does not know that'],
      [() => Promise.reject(new Error('a bug')), 'it could not answer: its log says why'],
      [() => Promise.resolve('x'.repeat(1_001)), 'the answer is too long'],
    ];
    for (const [answer, why] of failures) {
      two.answer = answer;
      const answered = one.ask();
      one.deliver(two);
      await scheduler.settle();
      two.deliver(one);
      expect(await answered).toEqual({ ok: false, why });
    }
    expect(two.log.lines.map(({ level, message }) => [level, message])).toEqual([
      ['error', 'a question of another member could not be answered'],
    ]);
  });

  test('answers a member so many questions at a time, and refuses the others', async () => {
    const held: (() => void)[] = [];
    two.answer = () => new Promise((resolve) => held.push(() => resolve('1')));
    const outbox = new Outbox(FRAME_BYTES);
    for (let id = 1; id <= MOST + 2; id++) writeAsked(outbox, { id, question: '{}' });
    two.take(outbox.takeBytes(), 1);
    await scheduler.settle();
    expect(two.heard).toHaveLength(MOST);
    two.outbox!.takeBytes();
    for (const goOn of held) goOn();
    await scheduler.settle();
    expect(two.deliver(one)).toEqual([PeerFrame.told, PeerFrame.told, PeerFrame.told]);
    const again = new Outbox(FRAME_BYTES);
    writeAsked(again, { id: 9, question: '{}' });
    two.take(again.takeBytes(), 1);
    expect(two.heard).toHaveLength(MOST + 1);
  });

  test('tells a member no more that does not read what it is told', async () => {
    two.waitingBytes = bounds.toldWindowBytes + 1;
    one.ask();
    one.deliver(two);
    await scheduler.settle();
    expect([two.heard, two.outbox!.length]).toEqual([[], 0]);
  });

  test('hears nothing of a question that is too long, but that there was one', async () => {
    const outbox = new Outbox(FRAME_BYTES);
    writeAsked(outbox, { id: 1, question: 'x'.repeat(500) });
    two.take(outbox.takeBytes(), 1);
    expect(two.heard).toEqual([['', 1]]);
  });

  test('closes the link over which comes what is no question', () => {
    const outbox = new Outbox(FRAME_BYTES);
    writeAsked(outbox, { id: -1, question: '{}' });
    expect(() => two.take(outbox.takeBytes(), 1)).toThrow(PeerProtocolError);
    expect(two.heard).toEqual([]);
  });

  test('is asked by members of its cluster alone', () => {
    expect(isForMembersOnly(PeerFrame.asked)).toBe(true);
  });
});
