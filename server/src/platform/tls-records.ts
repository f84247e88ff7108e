import type { TLSSocket } from 'node:tls';

/** Before each message. */
const LENGTH_BYTES = 4;

/**
 * Writes messages so that clients find all of them which read one message whenever their socket has something to read, as the C client and kazoo
 * do. TLS decrypts a record as a whole: of several messages in the last record all but the first would stay in there, unseen, until more comes.
 * So the last byte of several messages goes as a record of its own: while that is not read, the socket has something to read.
 *
 *   turn      write: three messages     write: one message
 *   records   │ m1 m2 m3 less a byte │ a byte │    │ m4 │
 *
 * What is written while a record is under way joins the next one, and so does the byte before it.
 */
export class TlsRecords {
  readonly #socket: TLSSocket;
  /** Of what was written last, while that is under way. */
  #lastByte: Uint8Array | undefined;
  #underWay = 0;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
  }

  /** @param bytes one whole message or more. Whatever is not comes whole as well, if not in the fewest records */
  write(bytes: Uint8Array): void {
    const socket = this.#socket;
    const before = this.#lastByte;
    if (before === undefined && socket.writableLength === 0 && isOneMessage(bytes)) {
      socket.write(bytes);
      return;
    }
    const end = bytes.length - 1;
    this.#lastByte = bytes.subarray(end);
    this.#underWay++;
    if (before === undefined) socket.write(bytes.subarray(0, end), this.#written);
    else {
      socket.cork();
      socket.write(before);
      socket.write(bytes.subarray(0, end), this.#written);
      socket.uncork();
    }
  }

  /** Sends what was written, then closes. */
  end(): void {
    this.#writeLastByte();
    this.#socket.end();
  }

  readonly #written = (): void => {
    // Behind the turn that may write more, which the byte then joins.
    if (--this.#underWay === 0) setImmediate(this.#settled);
  };

  readonly #settled = (): void => {
    if (this.#underWay === 0) this.#writeLastByte();
  };

  #writeLastByte(): void {
    const byte = this.#lastByte;
    this.#lastByte = undefined;
    if (byte !== undefined && this.#socket.writable) this.#socket.write(byte);
  }
}

function isOneMessage(bytes: Uint8Array): boolean {
  return (
    bytes.length > LENGTH_BYTES &&
    ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) === bytes.length - LENGTH_BYTES
  );
}
