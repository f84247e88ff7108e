import type { Step } from '../calls/transaction.ts';
import type { Client } from '../client.ts';
import { isCoordinationError } from '../errors.ts';
import { inTransactions } from './transactions.ts';

/**
 * Removes the nodes at `paths`, each of which comes behind those below it. What somebody else has removed meanwhile is fine; what somebody has put below
 * one of them is not.
 *
 * @param progress told how many are gone by now
 * @param maxBytes see `inTransactions`
 * @returns how many were removed here
 */
export async function removeAll(
  client: Pick<Client, 'transaction' | 'delete'>,
  paths: AsyncIterable<string>,
  progress: (count: number) => void,
  maxBytes?: number,
): Promise<number> {
  let goneBefore = 0;
  const alone = async (step: Step): Promise<void> => {
    try {
      await client.delete(step.path);
    } catch (error) {
      if (!isCoordinationError(error, 'NO_NODE')) throw error;
      goneBefore++;
    }
  };
  const count = await inTransactions(client, removalsOf(paths), alone, progress, maxBytes);
  return count - goneBefore;
}

async function* removalsOf(paths: AsyncIterable<string>): AsyncGenerator<Step> {
  for await (const path of paths) yield { do: 'delete', path };
}
