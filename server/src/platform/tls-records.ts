import type { TLSSocket } from 'node:tls';

/** Before each message. */
const LENGTH_BYTES = 4;

/** Of a client that keeps asking the last byte waits so long for what comes next. */
const JOIN_MS = 2;
/** Who keeps asking is told by a credit: one more whenever more follows within that time, … */
const KEEPS_ASKING = 8;
const MOST_CREDIT = 2 * KEEPS_ASKING;
/** … and so much less whenever nothing does: a busy machine makes one client wait longer now and then. */
const COST_OF_LATE = 2;

/**
 * Writes messages so that clients find all of them which read one message whenever their socket has something to read, as the C client and kazoo
 * do. TLS decrypts a record as a whole: of several messages in the last record all but the first would stay in there, unseen, until more comes.
 * So the last byte of several messages goes as a record of its own: while that is not read, the socket has something to read.
 *
 *   turn      write: three messages     write: one message
 *   records   │ m1 m2 m3 less a byte │ a byte │    │ m4 │
 *
 * What is written while a record is under way joins the next one, and so does the byte before it. A record costs a system call at either end:
 * where more follows again and again, the byte waits for what follows.
 */
export class TlsRecords {
  readonly #socket: TLSSocket;
  /** Of what was written last, while that is under way, or it waits for more. */
  #lastByte: number | undefined;
  #underWay = 0;
  /** The byte waits from `KEEPS_ASKING` on. */
  #credit = 0;
  /** Runs once the last byte has left, or while it waits. */
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.once('close', () => clearTimeout(this.#timer));
  }

  /** @param bytes one whole message or more. Whatever is not comes whole as well, if not in the fewest records */
  write(bytes: Uint8Array): void {
    const socket = this.#socket;
    const before = this.#lastByte;
    if (before === undefined && socket.writableLength === 0 && isOneMessage(bytes)) {
      socket.write(bytes);
      return;
    }
    if ((before !== undefined || this.#isRunning) && this.#credit < MOST_CREDIT) this.#credit++;
    const end = bytes.length - 1;
    this.#lastByte = bytes[end]!;
    this.#underWay++;
    if (before !== undefined) bytes.copyWithin(1, 0, end);
    if (before !== undefined) bytes[0] = before;
    socket.write(before === undefined ? bytes.subarray(0, end) : bytes, this.#written);
  }

  /** Sends what was written, then closes. */
  end(): void {
    this.#writeLastByte();
    this.#socket.end();
  }

  readonly #written = (): void => {
    if (--this.#underWay > 0) return;
    if (this.#credit >= KEEPS_ASKING) this.#runTimer();
    // Behind the turn that may write more, which the byte then joins.
    else setImmediate(this.#turned);
  };

  readonly #turned = (): void => {
    if (this.#underWay > 0 || this.#lastByte === undefined) return;
    this.#writeLastByte();
    this.#runTimer();
  };

  readonly #late = (): void => {
    this.#isRunning = false;
    if (this.#underWay > 0) return;
    this.#credit = Math.max(0, this.#credit - COST_OF_LATE);
    this.#writeLastByte();
  };

  #runTimer(): void {
    if (this.#socket.destroyed) return;
    this.#isRunning = true;
    if (this.#timer === undefined) this.#timer = setTimeout(this.#late, JOIN_MS).unref();
    else this.#timer.refresh();
  }

  #writeLastByte(): void {
    const byte = this.#lastByte;
    this.#lastByte = undefined;
    if (byte !== undefined && this.#socket.writable) this.#socket.write(Uint8Array.of(byte));
  }
}

function isOneMessage(bytes: Uint8Array): boolean {
  return (
    bytes.length > LENGTH_BYTES &&
    ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) === bytes.length - LENGTH_BYTES
  );
}
