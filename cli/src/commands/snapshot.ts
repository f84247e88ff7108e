import { open, rename, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { Context } from '../context.ts';
import { look, nameOf, type Reached, reachedOrFail } from '../ensemble-status/look.ts';
import { ExitCode } from '../exit-codes.ts';
import { Refusal, Unreachable, UsageError } from '../failures.ts';
import { parseJson } from '../members-http/fields.ts';
import { httpText } from '../members-http/http-address.ts';
import { proofOf } from '../members-http/proof.ts';
import { bytesText, countText } from '../quantities.ts';

/** It has what passwords protect. */
const FILE_MODE = 0o600;
/** Of the answer to a refusal. */
const MAX_REFUSAL_BYTES = 64 * 1024;
/** With which every snapshot of ZooKeeper's begins. */
const MAGIC = 'ZKSN';

/** The tree and its sessions, as the leader has them now, in ZooKeeper's format. A file is there whole, or as it was before. */
export function saveSnapshot(context: Context, file: string): Promise<ExitCode> {
  return saveAs(context, () => file);
}

/** @param nameFor what the file is to be called, which ends with that zxid (`0x…`) */
export async function saveAs(context: Context, nameFor: (zxid: string) => string): Promise<ExitCode> {
  const looked = await look(context);
  const reached = reachedOrFail(looked);
  // Who leads has all that was acknowledged.
  const from = reached.find(({ answer }) => answer.self.role === 'leader') ?? reached.find(isReady);
  if (from === undefined) throw new Unreachable('no member that answers serves; see why: rookery status');
  const reply = await context.http.stream(from.address, '/commands/snapshot', proofOf(context));
  if (reply.statusCode !== 200 || reply.headers.last_zxid === undefined) throw await refusalOf(from, reply);
  const zxid = String(reply.headers.last_zxid);
  const file = nameFor(zxid);
  const bytes = file === '-' ? await writeOut(context, reply) : await writeFile(context, reply, file);
  const member = looked.status.members.find(({ serverId }) => serverId === from.answer.self.serverId);
  if (file === '-') return ExitCode.ok;
  if (context.json) await context.jsonLine({ file, bytes, lastZxid: zxid, member: member?.serverId ?? null });
  else
    await context.out.line(
      `${bytesText(bytes)} in ${file}: all up to ${zxid}, from ${member === undefined ? httpText(from.address) : nameOf(member)}`,
    );
  return ExitCode.ok;
}

function isReady({ answer: { self } }: Reached): boolean {
  return self.ready;
}

async function writeFile(context: Context, reply: IncomingMessage, file: string): Promise<number> {
  const unfinished = `${file}.unfinished`;
  const cannotWrite = (error: Error): UsageError =>
    new UsageError(`${file} cannot be written: ${error.message}`);
  const handle = await open(unfinished, 'w', FILE_MODE).catch((error: Error) => {
    reply.destroy();
    throw cannotWrite(error);
  });
  try {
    let bytes = 0;
    for await (const chunk of wholeOf(reply)) {
      await handle.writeFile(chunk).catch((error: Error) => Promise.reject(cannotWrite(error)));
      bytes += chunk.length;
      context.progress.show(`${bytesText(bytes)} of ${sizeText(reply)}`);
    }
    await handle.sync();
    await handle.close();
    await rename(unfinished, file).catch((error: Error) => Promise.reject(cannotWrite(error)));
    return bytes;
  } catch (error) {
    await handle.close();
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function writeOut(context: Context, reply: IncomingMessage): Promise<number> {
  let bytes = 0;
  for await (const chunk of wholeOf(reply)) {
    await context.out.bytes(chunk);
    bytes += chunk.length;
  }
  return bytes;
}

/** Its pieces. Throws Unreachable where it breaks off, and Refusal where it is no snapshot. */
async function* wholeOf(reply: IncomingMessage): AsyncGenerator<Buffer> {
  const said = Number(reply.headers.snapshot_size ?? Number.NaN);
  let bytes = 0;
  try {
    for await (const chunk of reply as AsyncIterable<Buffer>) {
      if (
        bytes === 0 &&
        !chunk.subarray(0, MAGIC.length).equals(Buffer.from(MAGIC).subarray(0, chunk.length))
      )
        throw new Refusal("what came is no snapshot of ZooKeeper's format; is --admin right?");
      bytes += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if (error instanceof Refusal || error instanceof UsageError) throw error;
    throw new Unreachable(
      `the snapshot broke off after ${countText(bytes)} bytes: ${(error as Error).message}; try again`,
    );
  }
  if (bytes < said)
    throw new Unreachable(
      `the snapshot broke off: ${countText(bytes)} of ${countText(said)} bytes came; try again`,
    );
}

function sizeText(reply: IncomingMessage): string {
  const size = Number(reply.headers.snapshot_size ?? Number.NaN);
  return Number.isNaN(size) ? 'what it is' : bytesText(size);
}

async function refusalOf({ address }: Reached, reply: IncomingMessage): Promise<Refusal> {
  let text = '';
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    text += chunk.toString();
    if (text.length > MAX_REFUSAL_BYTES) break;
  }
  const { statusCode = 0 } = reply;
  const why = parseJson(text)?.text('error') ?? `it answered ${statusCode}`;
  const help =
    statusCode === 401 || statusCode === 403
      ? '; it wants ROOKERY_ADMIN_TOKEN, or --user with the password of somebody whom the access list of / permits everything'
      : '';
  return new Refusal(`no snapshot from ${httpText(address)}: ${why}${help}`);
}
