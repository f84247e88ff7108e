import { type Step, TransactionError } from '../calls/transaction.ts';
import type { Client } from '../client.ts';
import { inBatches, inOrder } from './pipeline.ts';

/** Transactions that wait for their answers at a time. */
const MAX_IN_FLIGHT = 8;
const MAX_STEPS = 256;
/** Of paths and values in one transaction: far below what servers take as one request. A value that is larger goes alone. */
const MAX_BYTES = 256 * 1024;
/** Of a step besides its path, its value and what is said in its access list. */
const STEP_BYTES = 128;
const ENTRY_BYTES = 16;

/**
 * Does the steps in their order, many in one transaction and some transactions ahead of the answers. Where one of them is refused, each of its steps
 * is done by `alone`, once all that comes before it is done, and so are those of the transactions behind it that are refused because of it.
 *
 * @param done told how many steps are done by now
 * @param maxBytes of paths, values and access lists in one transaction, for servers that take less than others
 * @returns how many there were
 */
export async function inTransactions(
  client: Pick<Client, 'transaction'>,
  steps: AsyncIterable<Step>,
  alone: (step: Step) => Promise<void>,
  done: (count: number) => void,
  maxBytes = MAX_BYTES,
): Promise<number> {
  let before: Promise<void> = Promise.resolve();
  let count = 0;
  const batches = inBatches(steps, sizeOf, MAX_STEPS, Math.min(maxBytes, MAX_BYTES));
  const results = inOrder(batches, MAX_IN_FLIGHT, (batch) => {
    const previous = before;
    const result = carriedOut(client, batch, previous, alone);
    before = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  });
  for await (const size of results) {
    count += size;
    done(count);
  }
  return count;
}

async function carriedOut(
  client: Pick<Client, 'transaction'>,
  batch: readonly Step[],
  previous: Promise<void>,
  alone: (step: Step) => Promise<void>,
): Promise<number> {
  try {
    await client.transaction(batch);
  } catch (error) {
    if (!(error instanceof TransactionError)) throw error;
    await previous;
    const outcomes = await Promise.allSettled(batch.map(alone));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }
  return batch.length;
}

function sizeOf(step: Step): number {
  const data = 'data' in step ? (step.data?.length ?? 0) : 0;
  const acl = ('acl' in step ? step.acl : undefined) ?? [];
  const said = acl.reduce((sum, { scheme, id }) => sum + ENTRY_BYTES + scheme.length + id.length, 0);
  return STEP_BYTES + step.path.length + data + said;
}
