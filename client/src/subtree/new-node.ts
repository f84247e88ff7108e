import type { AclList } from '@rookery/protocol';
import type { Step } from '../calls/transaction.ts';
import type { Client } from '../client.ts';
import { isCoordinationError } from '../errors.ts';

/** A node that is to be made. */
export interface NewNode {
  readonly path: string;
  readonly data: Buffer;
  readonly acl: AclList;
}

type CreateStep = Extract<Step, { readonly do: 'create' }>;

export function creationOf({ path, data, acl }: NewNode): CreateStep {
  return { do: 'create', path, data, acl };
}

/** One node, after its transaction was refused. Where `merges`, one that is there gets its value and access list. */
export async function createAlone(
  client: Pick<Client, 'create' | 'set' | 'setAcl'>,
  step: Step,
  merges: boolean,
): Promise<void> {
  if (step.do !== 'create') throw new Error(`a ${step.do} stands among creations`);
  const { path, data = '', acl } = step;
  try {
    await client.create(path, data, step);
  } catch (error) {
    if (!merges || !isCoordinationError(error, 'NODE_EXISTS')) throw error;
    await client.set(path, data);
    if (acl !== undefined) await client.setAcl(path, acl);
  }
}
