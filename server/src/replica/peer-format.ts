import type { FieldFormat } from '../model/field-reader.ts';

/** What a peer sent cannot be read: the link is closed, nothing of it is used. */
export class PeerProtocolError extends Error {
  readonly code = 'PEER_PROTOCOL';
}

/** The fields of frames between members. */
export const peerFormat: FieldFormat = {
  littleEndian: false,
  malformed: (reason, cause) => new PeerProtocolError(`a peer's frame ${reason}`, { cause }),
};
