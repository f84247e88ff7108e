import type { Entry } from 'raft-ts-lite';
import {
  COMMAND_HEADER_BYTES,
  emptyCommandHeader,
  encodeCommand,
  readCommandHeader,
} from '../../src/model/command.ts';
import { type Applied, emptyApplied } from '../../src/replica/applied.ts';
import { Outcome } from '../../src/tree/outcome.ts';
import { GENESIS_INDEX } from './consensus-model.ts';

/** A command that carries nothing but its request's name, a number. */
export function namedCommand(origin: number, requestNumber: number, name: number): Uint8Array {
  const body = new Uint8Array(4);
  new DataView(body.buffer).setUint32(0, name);
  return encodeCommand({ ...emptyCommandHeader(), op: 1, origin, requestNumber }, body);
}

/** What was applied, and which request it was. */
export type Named = Applied & { readonly name: number };

/** Every command changes something. */
const changes = new Outcome();

/** A state machine that only remembers how far it is. */
export class ModelMachine {
  appliedIndex: number;
  appliedTerm: number;
  lastTimeMs = 0;
  readonly isAmid = false;
  readonly whyUnfit = otherOrigin;
  readonly #advanced: (entry: Entry) => void;

  constructor(newest: Entry | undefined, advanced: (entry: Entry) => void) {
    this.appliedIndex = newest?.index ?? GENESIS_INDEX;
    this.appliedTerm = newest?.term ?? 0;
    this.#advanced = advanced;
  }

  apply(entry: Entry): Named {
    if (entry.index !== this.appliedIndex + 1) throw new Error(`entry ${entry.index} out of turn`);
    this.skip(entry);
    return { ...emptyApplied(), changes, ...readNamed(entry.data) };
  }

  whyUnreadable(): undefined {}

  skip(entry: Entry): void {
    this.appliedIndex = entry.index;
    this.appliedTerm = entry.term;
    this.#advanced(entry);
  }
}

export function readNamed(data: Uint8Array): { origin: number; requestNumber: number; name: number } {
  const header = emptyCommandHeader();
  readCommandHeader(data, 0, header);
  const name = new DataView(data.buffer, data.byteOffset).getUint32(COMMAND_HEADER_BYTES);
  return { origin: header.origin, requestNumber: header.requestNumber, name };
}

/** The one check of a forwarded command that the model's have a use for. */
export function otherOrigin(command: Uint8Array, from: number): string | undefined {
  return readNamed(command).origin === from ? undefined : 'a request of another member';
}
