import type { FieldFormat } from '../../codec/field-reader.ts';
import { MemberErrorCode } from '../../errors/error-codes.ts';

/** What a peer sent cannot be read: the link is closed, nothing of it is used. */
export class PeerProtocolError extends Error {
  override readonly name: string = 'PeerProtocolError';
  readonly code: string = MemberErrorCode.peerProtocol;
}

/** The other end speaks another version of the members' protocol: nothing else of what it sends can be read. */
export class OtherVersion extends PeerProtocolError {
  override readonly name: string = 'OtherVersion';
  override readonly code = MemberErrorCode.peerVersion;
  readonly theirs: number;
  readonly ours: number;

  /** `what`: the part of the protocol that has these versions. */
  constructor(what: string, serverId: number, theirs: number, ours: number) {
    const older = theirs < ours ? `member ${serverId}` : 'this member';
    super(
      `member ${serverId} speaks ${what} version ${theirs} and this member version ${ours}: upgrade ${older}`,
    );
    this.theirs = theirs;
    this.ours = ours;
  }
}

/** The fields of frames between members. */
export const peerFormat: FieldFormat = {
  littleEndian: false,
  malformed: (reason, cause) => new PeerProtocolError(`a peer's frame ${reason}`, { cause }),
};
