import type { Socket } from 'node:net';
import { type Introduced, IntroductionRefused, type PeerIntroduction } from './peer-introduction.ts';

/** Who is made to wait for having failed to prove the join secret. */
export interface IntroductionProofs {
  /** What connected from there proved another secret. */
  failed(address: string): void;
  /** How long a proof from there waits before it is looked at, right or wrong. */
  delayMs(address: string): number;
}

export interface IntroductionEvents {
  introduced(introduced: Introduced): void;
  refused(refusal: IntroductionRefused): void;
  /** For how long the proof waits that has begun to come. Absent: for nothing. */
  proofDelayMs?(): number;
}

/** Hands what comes to the introduction until it is through, or refused. While a proof waits nothing is read. */
export function followIntroduction(
  introduction: PeerIntroduction,
  socket: Socket,
  events: IntroductionEvents,
): void {
  let hasWaited = false;
  const take = (chunk: Uint8Array): void => {
    let result: Introduced | undefined;
    try {
      result = introduction.push(chunk);
    } catch (error) {
      if (!(error instanceof IntroductionRefused)) throw error;
      socket.removeListener('data', onData);
      events.refused(error);
      return;
    }
    if (result === undefined) return;
    socket.removeListener('data', onData);
    events.introduced(result);
  };
  const onData = (chunk: Uint8Array): void => {
    // A proof may come in pieces, and waits once.
    const isProof = introduction.awaitsProof && !hasWaited;
    hasWaited ||= isProof;
    const delayMs = isProof ? (events.proofDelayMs?.() ?? 0) : 0;
    if (delayMs === 0) take(chunk);
    else takeLater(socket, delayMs, () => take(chunk));
  };
  socket.on('data', onData);
}

function takeLater(socket: Socket, delayMs: number, take: () => void): void {
  socket.pause();
  const timer = setTimeout(() => {
    take();
    socket.resume();
  }, delayMs);
  socket.once('close', () => clearTimeout(timer));
}
