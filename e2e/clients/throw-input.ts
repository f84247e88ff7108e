import { connect } from 'node:net';
import type { Endpoint } from '../../testkit/src/endpoint.ts';
import { REPLY_HEADER_BYTES, readConnectReply, readReplyHeader } from '../../testkit/src/wire/replies.ts';
import { connectRequest, noSession } from '../../testkit/src/wire/requests.ts';
import type { BadInput } from './bad-input.ts';

/** What became of a connection; `silent`: it stayed open and said nothing for as long as was waited. */
export type Reaction = 'closed' | 'error' | 'success' | 'silent' | 'left';

const REACTION_TIMEOUT_MS = 5_000;
/** How long an incomplete message is left hanging before its sender goes. */
const LINGER_MS = 5;
const SESSION_TIMEOUT_MS = 4_000;

/** Sends one bad input on a connection of its own; resolves with what the member made of it, never rejects. */
export function throwInput(endpoint: Endpoint, input: BadInput): Promise<Reaction> {
  return new Promise((resolve) => {
    const socket = connect(endpoint.port, endpoint.host);
    let received = Buffer.alloc(0);
    let handshaking = input.inSession;
    const done = (reaction: Reaction): void => {
      clearTimeout(deadline);
      socket.destroy();
      resolve(reaction);
    };
    const deadline = setTimeout(() => done('silent'), REACTION_TIMEOUT_MS);
    const send = (): void => {
      socket.write(input.bytes);
      if (input.expected === 'nothing') setTimeout(() => done('left'), LINGER_MS);
    };
    socket.on('connect', () => {
      if (handshaking) socket.write(connectRequest(noSession, SESSION_TIMEOUT_MS));
      else send();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => done('closed'));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 4) {
        const end = 4 + received.readInt32BE(0);
        if (received.length < end) return;
        const body = received.subarray(4, end);
        received = received.subarray(end);
        if (handshaking) {
          handshaking = false;
          send();
        } else if (!input.inSession) {
          // A refused session is answered with a timeout of 0 and then closed; a granted one is the failure.
          if (readConnectReply(body).timeoutMs > 0) done('success');
        } else {
          done(body.length >= REPLY_HEADER_BYTES && readReplyHeader(body).err !== 0 ? 'error' : 'success');
        }
      }
    });
  });
}

/** Whether the reaction is one that the input allows. */
export function isAllowed(input: BadInput, reaction: Reaction): boolean {
  switch (input.expected) {
    case 'closed':
      return reaction === 'closed';
    case 'refused':
      return reaction === 'closed' || reaction === 'error';
    case 'answered':
      return reaction !== 'silent';
    case 'nothing':
      return true;
  }
}
