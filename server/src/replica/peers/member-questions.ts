import { utf8Length } from '@rookery/protocol';
import type { Bounds } from '../../bounds/bounds.ts';
import type { FieldReader } from '../../codec/field-reader.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { ComplaintLog } from '../../ports/rate-limited-log.ts';
import type { Scheduler } from '../../ports/scheduler.ts';
import type { Links } from './links.ts';
import type { Outbox } from './outbox.ts';
import { PeerFrame } from './peer-frames.ts';
import { readAsked, readTold, type Told, writeAsked, writeTold } from './question-frames.ts';

/** What comes of a question: JSON, or why there is no answer, for people. */
export type Answered =
  | { readonly ok: true; readonly answer: string }
  | { readonly ok: false; readonly why: string };

/** Answers what another member asks, with JSON. Rejects with UnansweredQuestion where it cannot; with anything else only out of a bug. */
export type AnswerQuestion = (question: string, fromServerId: number) => Promise<string>;

/** Its message is told to the member that asked. */
export class UnansweredQuestion extends Error {
  override readonly name: string = 'UnansweredQuestion';
}

export interface MemberQuestionsParts {
  readonly links: Pick<Links, 'outbox' | 'waitingBytes'>;
  readonly bounds: Pick<Bounds, 'askedBytes' | 'toldBytes' | 'toldWindowBytes' | 'questionMs'>;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly log: Logger;
  readonly answer: AnswerQuestion;
  /** What was written is to leave. */
  readonly wake: () => void;
}

/** Of what goes wrong, so much is told. */
const MAX_WHY_LENGTH = 500;

interface Waiting {
  readonly serverId: number;
  settle(answered: Answered): void;
}

/**
 * Questions that one member asks another one, and answers: one frame each way, whatever they are about. Each ends: with its answer, with its link, or
 * after a time, for who is asked may be slow, or of a build that leaves such frames out. What is under way to one member, and from it, is bounded.
 */
export class MemberQuestions {
  readonly #parts: MemberQuestionsParts;
  readonly #failures: ComplaintLog;
  readonly #waiting = new Map<number, Waiting>();
  /** By server id: questions of other members that are being answered here. */
  readonly #answering = new Map<number, number>();
  /** Answers at a time, to one member. */
  readonly #most: number;
  #last = 0;

  constructor(parts: MemberQuestionsParts) {
    this.#parts = parts;
    this.#failures = new ComplaintLog(parts.log, parts.clock);
    this.#most = Math.floor(parts.bounds.toldWindowBytes / parts.bounds.toldBytes);
  }

  /** Questions that wait for their answers. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** @param patienceMs after so long it is given up. Never rejects. */
  ask(
    serverId: number,
    question: string,
    patienceMs: number = this.#parts.bounds.questionMs,
  ): Promise<Answered> {
    const { links, bounds, scheduler, wake } = this.#parts;
    const outbox = links.outbox(serverId);
    if (outbox === undefined) return unanswered(`member ${serverId} is not connected to this one`);
    if (utf8Length(question) > bounds.askedBytes) return unanswered('the question is too long');
    if (this.#askedOf(serverId) >= this.#most)
      return unanswered(`too much is asked of member ${serverId} at once: ask again`);
    const id = ++this.#last;
    return new Promise((resolve) => {
      const stop = scheduler.every(patienceMs, () => this.#settle(id, gaveUp(serverId, patienceMs)));
      const settle = (answered: Answered): void => {
        stop();
        resolve(answered);
      };
      this.#waiting.set(id, { serverId, settle });
      writeAsked(outbox, { id, question });
      wake();
    });
  }

  /** From the member `serverId`, one of this cluster. Throws PeerProtocolError on what cannot be read. */
  frame(serverId: number, kind: number, reader: FieldReader): void {
    if (kind === PeerFrame.told) this.#told(serverId, readTold(reader, this.#parts.bounds.toldBytes));
    else {
      const { id, question } = readAsked(reader, this.#parts.bounds.askedBytes);
      this.#asked(serverId, id, question);
    }
  }

  /** The link is gone, and with it whatever was asked over it. */
  parted(serverId: number): void {
    const why = `the link to member ${serverId} broke before it answered`;
    for (const [id, waiting] of this.#waiting)
      if (waiting.serverId === serverId) this.#settle(id, { ok: false, why });
  }

  /** An answer to no question, or to one that was given up, is left out. */
  #told(serverId: number, { id, isError, text }: Told): void {
    if (this.#waiting.get(id)?.serverId !== serverId) return;
    this.#settle(
      id,
      isError ? { ok: false, why: text.slice(0, MAX_WHY_LENGTH) } : { ok: true, answer: text },
    );
  }

  #settle(id: number, answered: Answered): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.settle(answered);
  }

  #askedOf(serverId: number): number {
    let count = 0;
    for (const waiting of this.#waiting.values()) if (waiting.serverId === serverId) count++;
    return count;
  }

  #asked(serverId: number, id: number, question: string): void {
    const { links, bounds } = this.#parts;
    const outbox = links.outbox(serverId);
    // Who does not read what it is told is told no more.
    if (outbox === undefined || links.waitingBytes(serverId) > bounds.toldWindowBytes) return;
    const under = this.#answering.get(serverId) ?? 0;
    if (under >= this.#most) {
      this.#tell(serverId, outbox, { id, isError: true, text: 'too many questions at once: ask again' });
      return;
    }
    this.#answering.set(serverId, under + 1);
    this.#answerOf(question, serverId).then((told) => {
      this.#answering.set(serverId, (this.#answering.get(serverId) ?? 1) - 1);
      this.#tell(serverId, outbox, { id, ...told });
    });
  }

  /** Never rejects. */
  async #answerOf(question: string, serverId: number): Promise<Omit<Told, 'id'>> {
    const { answer, bounds } = this.#parts;
    try {
      const text = await answer(question, serverId);
      if (utf8Length(text) > bounds.toldBytes) throw new UnansweredQuestion('the answer is too long');
      return { isError: false, text };
    } catch (error) {
      if (error instanceof UnansweredQuestion)
        return { isError: true, text: error.message.slice(0, MAX_WHY_LENGTH) };
      const message = 'a question of another member could not be answered';
      this.#failures.say('answer', message, { err: error, serverId }, 'error');
      return { isError: true, text: 'it could not answer: its log says why' };
    }
  }

  /** Over the link that it was asked over, and no other one: the process at the end of a newer one may have asked something else by that number. */
  #tell(serverId: number, outbox: Outbox, told: Told): void {
    const { links, wake } = this.#parts;
    if (links.outbox(serverId) !== outbox) return;
    writeTold(outbox, told);
    wake();
  }
}

function unanswered(why: string): Promise<Answered> {
  return Promise.resolve({ ok: false, why });
}

function gaveUp(serverId: number, patienceMs: number): Answered {
  return {
    ok: false,
    why: `member ${serverId} did not answer within ${patienceMs / 1000} s: it is slow, or runs a version that cannot be asked`,
  };
}
