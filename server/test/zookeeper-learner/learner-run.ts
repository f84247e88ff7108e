import { Learner, type LearnerPlan, type LearnerSink } from '../../src/zookeeper-learner/learner.ts';

/** A learner, what it told in order as text, and what it sent in hexadecimal digits. */
export class LearnerRun {
  readonly told: string[] = [];
  readonly sent: string[] = [];
  readonly learner: Learner;
  readonly #snapshotBytes: number;

  /** @param snapshotBytes how long the snapshot is that is sent */
  constructor(plan: LearnerPlan, snapshotBytes = 0) {
    this.#snapshotBytes = snapshotBytes;
    this.learner = new Learner(plan, this.#sink());
    this.learner.begin();
  }

  feed(bytes: Uint8Array, pieceBytes = bytes.length): string | undefined {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const fault = this.learner.feed(bytes.subarray(at, at + pieceBytes));
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  #sink(): LearnerSink {
    const tell = (line: string): void => void this.told.push(line);
    return {
      send: (bytes) => void this.sent.push(hex(bytes)),
      snapshotBegins: (zxid) => {
        tell(`snapshot ${zxid.toString(16)}`);
        return new CountedSnapshot(this.#snapshotBytes);
      },
      snapshotEnds: () => tell('snapshot ended'),
      committed: (zxid, bytes, start, end) =>
        tell(`committed ${zxid.toString(16)} ${hex(bytes.subarray(start, end))}`),
      isExact: () => tell('exact'),
      isUpToDate: () => tell('up to date'),
      members: ({ members }) => tell(`members ${members.map(({ serverId }) => serverId).join()}`),
      pinged: (zxid) => tell(`pinged ${zxid.toString(16)}`),
      marked: (mark) => tell(`marked ${mark}`),
    };
  }
}

/** Knows where it ends. */
class CountedSnapshot {
  #left: number;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(bytes: number) {
    this.#left = bytes;
  }

  get hasEnded(): boolean {
    return this.#left === 0;
  }

  feed(piece: Uint8Array): undefined {
    const taken = Math.min(this.#left, piece.length);
    this.#left -= taken;
    this.#rest = piece.slice(taken);
  }

  takeRest(): Uint8Array {
    return this.#rest;
  }
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
