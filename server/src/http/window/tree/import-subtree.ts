import type { Readable } from 'node:stream';
import { copyTo, linesOf, type ModelNode, makeParents, parseExportLine } from '@rookery/client/subtree';
import type { FastifyReply } from 'fastify';
import { patient } from '../../patient.ts';
import { ProgramsError } from '../../v1/errors.ts';
import { type Asked, flag, type Operation } from '../../v1/route.ts';
import type { ChangeLine } from '../shapes.ts';
import { CallerTree } from './caller-tree.ts';
import { answerLines, LINES_TYPE } from './line-stream.ts';
import { progressOf } from './progress.ts';

/** A character of a value may be written as six. */
const LINE_SHARE = 6;
/** Of what stands beside a value: path and access list. */
const LINE_ROOM_CHARACTERS = 256 * 1024;

type End = Extract<ChangeLine, { readonly end: true }>;

async function importAll(asked: Asked, reply: FastifyReply): Promise<unknown> {
  const { asker, path, has, body } = asked;
  const tree = new CallerTree(asker, reply);
  const { requestBytes, httpImportBytes } = asker.bounds;
  const chunks = atMost(patient(body as Readable), httpImportBytes, path);
  const lines = linesOf(chunks, LINE_SHARE * requestBytes + LINE_ROOM_CHARACTERS);
  const reading = new ExportReading(lines, path);
  try {
    await reading.begin();
    if (!has('over') && (await tree.exists(path)) !== undefined)
      throw new ProgramsError('NODE_EXISTS', 'the node is there: say over to write over what is there', path);
    if (has('parents')) await makeParents(tree, path);
  } catch (error) {
    await lines.return(undefined);
    throw error;
  }
  const work = async (done: (count: number) => void): Promise<End> => {
    const copied = await copyTo(tree, path, reading.nodes(), {
      merges: has('over'),
      done,
      maxBytes: tree.transactionBytes,
    });
    reading.checkWhole(copied.nodes);
    const lowerCounters = copied.sequenceCounters.count;
    return { end: true, done: copied.nodes, ...(lowerCounters === 0 ? {} : { lowerCounters }) };
  };
  return answerLines(asked, reply, progressOf(work));
}

/** The lines of an export, which comes from whoever asks. Throws ProgramsError where it is none. */
class ExportReading {
  readonly #lines: AsyncGenerator<string>;
  readonly #path: string;
  #number = 0;
  #promised: number | undefined;

  constructor(lines: AsyncGenerator<string>, path: string) {
    this.#lines = lines;
    this.#path = path;
  }

  /** The first line: what does not begin as an export is refused before anything is done. */
  async begin(): Promise<void> {
    if ((await this.#next()) === undefined) throw this.#refusal('there is nothing in it');
  }

  async *nodes(): AsyncGenerator<ModelNode> {
    try {
      for (let line = await this.#next(); line !== undefined; line = await this.#next()) {
        if (this.#promised !== undefined)
          throw this.#refusal(`line ${this.#number} of the export stands behind its end`);
        if (line.is === 'node') yield line.node;
        else if (line.is === 'end') this.#promised = line.nodes;
      }
    } finally {
      await this.#lines.return(undefined);
    }
  }

  checkWhole(nodes: number): void {
    if (this.#promised === nodes) return;
    const why =
      this.#promised === undefined ? 'its last line is missing' : `it should have ${this.#promised} nodes`;
    throw this.#refusal(`the export is not whole: ${why}; ${nodes} were imported`);
  }

  async #next(): Promise<ReturnType<typeof parseExportLine> | undefined> {
    try {
      const { value, done } = await this.#lines.next();
      return done === true ? undefined : parseExportLine(value, ++this.#number);
    } catch (error) {
      if (error instanceof RangeError) throw this.#refusal(error.message);
      throw error;
    }
  }

  #refusal(why: string): ProgramsError {
    return new ProgramsError('BAD_ARGUMENTS', why, this.#path);
  }
}

async function* atMost(
  chunks: AsyncIterable<Uint8Array>,
  most: number,
  path: string,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > most) throw new ProgramsError('TOO_LARGE', `an export may have ${most} bytes here`, path);
    yield chunk;
  }
}

export const importSubtree: Operation = {
  method: 'POST',
  path: '/import/{path}',
  id: 'importSubtree',
  summary: 'Makes at a path what an export has, as it comes',
  query: {
    over: flag(
      'Nodes that are there already get value and access list of the export; else the first one must not be there.',
    ),
    parents: flag('Create those that are missing above it, empty and open to everybody.'),
  },
  body: { isRequired: true, isStream: true, content: { [LINES_TYPE]: { schema: {} } } },
  answers: { 200: { description: 'Lines: ChangeLine.', content: { [LINES_TYPE]: { schema: {} } } } },
  errors: [404, 409, 413],
  place: 'walk',
  handle: importAll,
};
