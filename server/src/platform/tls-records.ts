import type { TLSSocket } from 'node:tls';
import { ErrorCode, Writer, writeHeaderReply, Xid } from '@rookery/protocol';

/** Before each message. */
const LENGTH_BYTES = 4;

/** What follows from a client that keeps asking comes within this time. */
const JOIN_MS = 5;
/** Who keeps asking is told by a credit: one more whenever more follows within that time, … */
const KEEPS_ASKING = 8;
const MOST_CREDIT = 2 * KEEPS_ASKING;
/** … and so much less whenever nothing does: a busy machine makes one client wait longer now and then. */
const COST_OF_SILENCE = 2;

/** The reply to a ping that nobody sent: clients read it and go on. Its zxid, 0, tells them nothing. */
const marker = pingReply();

/**
 * Writes messages so that clients find all of them which read one message whenever their socket has something to read, as the C client and kazoo
 * do. TLS decrypts a record as a whole: of several messages in the last record all but the first would stay in there, unseen, until more comes.
 * So a marker follows several messages in a record of its own: while that is not read, the socket has something to read.
 *
 *   turn      write: three messages     write: one message
 *   records   │ m1 m2 m3 │ marker │     │ m4 │
 *
 * Any record that follows does as well. A record costs a system call at either end: where more follows again and again, the marker waits for that.
 */
export class TlsRecords {
  readonly #socket: TLSSocket;
  /** What was written last may hold several messages, and nothing has followed. */
  #needsMarker = false;
  /** Writes that may hold several messages. */
  #underWay = 0;
  /** The marker waits from `KEEPS_ASKING` on. */
  #credit = 0;
  #timer: NodeJS.Timeout | undefined;
  /** The time runs in which more is to follow. */
  #isRunning = false;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.once('close', () => clearTimeout(this.#timer));
  }

  /** @param bytes whole messages; whatever else is the last before the end */
  write(bytes: Uint8Array): void {
    const socket = this.#socket;
    if ((this.#isRunning || this.#needsMarker) && this.#credit < MOST_CREDIT) this.#credit++;
    this.#isRunning = false;
    // What waits in the socket leaves as one record.
    this.#needsMarker = socket.writableLength > 0 || !isOneMessage(bytes);
    if (this.#needsMarker) {
      this.#underWay++;
      socket.write(bytes, this.#written);
    } else socket.write(bytes);
  }

  /** Sends what was written, then closes: who reads finds the end behind it. */
  end(): void {
    this.#needsMarker = false;
    this.#socket.end();
  }

  readonly #written = (): void => {
    if (--this.#underWay > 0 || !this.#needsMarker) return;
    if (this.#credit >= KEEPS_ASKING) this.#runTimer();
    // Behind the turn that may write more.
    else setImmediate(this.#turned);
  };

  readonly #turned = (): void => {
    if (this.#underWay > 0 || !this.#needsMarker) return;
    this.#writeMarker();
    this.#runTimer();
  };

  readonly #silent = (): void => {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#credit = Math.max(0, this.#credit - COST_OF_SILENCE);
    if (this.#needsMarker) this.#writeMarker();
  };

  #runTimer(): void {
    if (this.#socket.destroyed) return;
    this.#isRunning = true;
    if (this.#timer === undefined) this.#timer = setTimeout(this.#silent, JOIN_MS).unref();
    else this.#timer.refresh();
  }

  #writeMarker(): void {
    this.#needsMarker = false;
    if (this.#socket.writable) this.#socket.write(marker);
  }
}

function isOneMessage(bytes: Uint8Array): boolean {
  return (
    bytes.length > LENGTH_BYTES &&
    ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) === bytes.length - LENGTH_BYTES
  );
}

function pingReply(): Uint8Array {
  const writer = new Writer(0);
  writeHeaderReply(writer, Xid.ping, 0, ErrorCode.ok);
  return writer.detach(0);
}
