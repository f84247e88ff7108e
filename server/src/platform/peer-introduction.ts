import { MAX_JOIN_SECRETS } from '../bounds/limits.ts';
import { OtherVersion } from '../replica/peers/peer-format.ts';
import { type JoinSecrets, PROOF_BYTES } from './join-secrets.ts';

/*
 * How two members begin: the greater server id dials the lesser one. Both send a preamble
 *   8 bytes "ROOKPEER" | u8 flags: 1 = has the join secret, 2 = asks for it | u8 0 | u8 least version | u8 greatest version | u32 own server id | u32 server id
 *   that is meant
 * so that neither talks to the wrong process (an address that was given to somebody else, a client on the peer port). In all versions the same
 * bytes say versions and server ids; the greatest version that both have is spoken. Where both have a join secret each proves to know it:
 *
 *   dialler    preamble                         nonce, count, proofs                       hello …
 *   acceptor              preamble, nonce                             count, proofs                  hello …
 *
 * A proof is an HMAC over a label, the role of who proves, both preambles and both nonces: none fits another link, another role or other
 * versions. A count of 0 says that the other's proofs were not accepted.
 */
const MAGIC = Buffer.from('ROOKPEER', 'latin1');
export const PREAMBLE_BYTES = 20;
export const NONCE_BYTES = 32;
const PROVES_FLAG = 1;
const DEMANDS_FLAG = 2;
const LABEL = Buffer.from('Rookery join 1\0', 'latin1');

export interface VersionRange {
  readonly least: number;
  readonly greatest: number;
}

/** What this member says of itself, and what it asks of others. */
export interface OwnIntroduction {
  readonly serverId: number;
  readonly versions: VersionRange;
  readonly secrets: JoinSecrets;
  /** Others are believed that prove nothing: nobody else can reach the port, TLS does the proving, or the configuration says so. */
  readonly takesUnproved: boolean;
}

/** A link may begin. */
export interface Introduced {
  readonly serverId: number;
  /** That both speak. */
  readonly version: number;
  /** The other end has proved to know the join secret. */
  readonly isProved: boolean;
  /** What came behind. */
  readonly rest: Uint8Array;
}

/** The other end is not let in, or not believed. */
export class IntroductionRefused extends Error {
  override readonly name: string = 'IntroductionRefused';
  /** `stranger`: no member that means this one. `secret`: a member's server id, without its secret; `guess`: with proofs of another one. */
  readonly kind: 'stranger' | 'unknown' | 'version' | 'secret' | 'guess';
  readonly serverId: number | undefined;

  constructor(
    kind: IntroductionRefused['kind'],
    serverId: number | undefined,
    reason: string,
    cause?: unknown,
  ) {
    super(reason, { cause });
    this.kind = kind;
    this.serverId = serverId;
  }
}

export interface IntroductionEnds {
  /** The dialler's: whom it means. undefined: this end accepts. */
  readonly expected?: number;
  /** The acceptor's: whether somebody with this server id may dial this member. */
  readonly mayDial?: (serverId: number) => boolean;
  readonly nonce: () => Uint8Array;
  readonly send: (bytes: Uint8Array) => void;
}

type Stage = 'preamble' | 'proof' | 'done';

/** One end of a link that begins; no more is kept of the other than what these messages are long. */
export class PeerIntroduction {
  readonly #own: OwnIntroduction;
  readonly #ends: IntroductionEnds;
  #received: Buffer = Buffer.alloc(0);
  #stage: Stage = 'preamble';
  #ownPreamble: Buffer = Buffer.alloc(0);
  #theirPreamble: Buffer = Buffer.alloc(0);
  #ownNonce: Uint8Array = Buffer.alloc(0);
  #theirNonce: Buffer = Buffer.alloc(0);
  #serverId = 0;
  #version = 0;

  constructor(own: OwnIntroduction, ends: IntroductionEnds) {
    this.#own = own;
    this.#ends = ends;
  }

  /** The dialler's first word. */
  begin(): void {
    this.#sayPreamble(this.#ends.expected!);
  }

  /** Settled once; undefined: more has to come. Throws IntroductionRefused. */
  push(chunk: Uint8Array): Introduced | undefined {
    this.#received =
      this.#received.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#received, chunk]);
    if (this.#stage === 'preamble') {
      const preamble = this.#take(PREAMBLE_BYTES);
      if (preamble === undefined) return undefined;
      const isProving = this.#hearPreamble(preamble);
      if (!isProving) return this.#introduced(false);
      this.#stage = 'proof';
    }
    if (this.#stage === 'proof' && this.#hearProof()) return this.#introduced(true);
    return undefined;
  }

  /** What comes next is a proof. Who sends one before it was told the nonce that belongs into it has proved nothing. */
  get awaitsProof(): boolean {
    return this.#stage === 'proof';
  }

  get #dials(): boolean {
    return this.#ends.expected !== undefined;
  }

  /** @returns whether proofs follow */
  #hearPreamble(preamble: Buffer): boolean {
    const { serverId, versions, secrets, takesUnproved } = this.#own;
    if (MAGIC.compare(preamble, 0, MAGIC.length) !== 0 || preamble.readUInt32BE(16) !== serverId)
      throw new IntroductionRefused('stranger', undefined, 'it is not from a member that means this one');
    const theirs = { least: preamble[10]!, greatest: preamble[11]! };
    const other = preamble.readUInt32BE(12);
    this.#serverId = other;
    this.#theirPreamble = preamble;
    this.#checkWho(other);
    const greatest = Math.min(versions.greatest, theirs.greatest);
    if (greatest < Math.max(versions.least, theirs.least)) {
      if (!this.#dials) this.#sayPreamble(other);
      const cause = new OtherVersion('link preamble', other, theirs.greatest, versions.greatest);
      throw new IntroductionRefused('version', other, cause.message, cause);
    }
    this.#version = greatest;
    const flags = preamble[8]!;
    if (!this.#dials) this.#sayPreamble(other);
    if (secrets.areSet && (flags & PROVES_FLAG) !== 0) {
      if (!this.#dials) this.#sayNonce();
      return true;
    }
    if (secrets.areSet && !takesUnproved)
      throw new IntroductionRefused(
        'secret',
        other,
        `member ${other} has no join secret, and this one asks for it`,
      );
    if (!secrets.areSet && (flags & DEMANDS_FLAG) !== 0)
      throw new IntroductionRefused(
        'secret',
        other,
        `member ${other} asks for the join secret, and none is set here`,
      );
    return false;
  }

  #checkWho(other: number): void {
    const { expected, mayDial } = this.#ends;
    if (expected !== undefined && other !== expected)
      throw new IntroductionRefused(
        'unknown',
        other,
        `member ${other} answered there, member ${expected} was expected`,
      );
    if (mayDial !== undefined && !mayDial(other))
      throw new IntroductionRefused('unknown', other, `no member with server id ${other} dials this one`);
  }

  /** Whether the other end has proved itself. */
  #hearProof(): boolean {
    if (this.#theirNonce.length === 0) {
      const nonce = this.#take(NONCE_BYTES);
      if (nonce === undefined) return false;
      this.#theirNonce = nonce;
      if (this.#dials) {
        this.#sayNonce();
        this.#sayProofs();
      }
    }
    const [count] = this.#received;
    if (count === undefined) return false;
    const other = this.#serverId;
    if (count === 0)
      throw new IntroductionRefused(
        'secret',
        other,
        `member ${other} does not accept the join secret of this one: they differ`,
      );
    if (count > MAX_JOIN_SECRETS)
      throw new IntroductionRefused('secret', other, `member ${other} sends ${count} proofs`);
    const message = this.#take(1 + count * PROOF_BYTES);
    if (message === undefined) return false;
    const proofs = Array.from({ length: count }, (_, i) =>
      message.subarray(1 + i * PROOF_BYTES, 1 + (i + 1) * PROOF_BYTES),
    );
    if (!this.#own.secrets.accept(this.#transcript(!this.#dials), proofs)) {
      this.#ends.send(Uint8Array.of(0));
      throw new IntroductionRefused(
        'guess',
        other,
        `member ${other} does not prove the join secret: theirs is another one`,
      );
    }
    if (!this.#dials) this.#sayProofs();
    return true;
  }

  #introduced(isProved: boolean): Introduced {
    this.#stage = 'done';
    return { serverId: this.#serverId, version: this.#version, isProved, rest: this.#received };
  }

  #sayPreamble(other: number): void {
    const { serverId, versions, secrets, takesUnproved } = this.#own;
    const bytes = Buffer.alloc(PREAMBLE_BYTES);
    MAGIC.copy(bytes);
    if (secrets.areSet) bytes[8] = takesUnproved ? PROVES_FLAG : PROVES_FLAG | DEMANDS_FLAG;
    bytes[10] = versions.least;
    bytes[11] = versions.greatest;
    bytes.writeUInt32BE(serverId, 12);
    bytes.writeUInt32BE(other, 16);
    this.#ownPreamble = bytes;
    this.#ends.send(bytes);
  }

  #sayNonce(): void {
    this.#ownNonce = this.#ends.nonce();
    this.#ends.send(this.#ownNonce);
  }

  #sayProofs(): void {
    const proofs = this.#own.secrets.prove(this.#transcript(this.#dials));
    this.#ends.send(Buffer.concat([Uint8Array.of(proofs.length), ...proofs]));
  }

  /** What a proof of that role stands for: all that both ends have said. */
  #transcript(ofDialler: boolean): Buffer {
    const own = [this.#ownPreamble, this.#ownNonce];
    const theirs = [this.#theirPreamble, this.#theirNonce];
    const both = this.#dials ? [...own, ...theirs] : [...theirs, ...own];
    return Buffer.concat([LABEL, Uint8Array.of(ofDialler ? 1 : 2), ...both]);
  }

  #take(length: number): Buffer | undefined {
    if (this.#received.length < length) return undefined;
    const bytes = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return bytes;
  }
}
