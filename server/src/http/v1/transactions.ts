import type { Step, StepResult } from '@rookery/client';
import { multiItemOf, TransactionCall } from '@rookery/client/world';
import { OPEN_ACL } from '@rookery/protocol';
import { noEphemerals, ProgramsError } from './errors.ts';
import { aclOf, dataOf, statJson } from './node-json.ts';
import type { AclJson } from './node-shapes.ts';
import type { Asked, Operation } from './route.ts';
import { ref, TRANSACTION_BODY } from './schemas.ts';

/** As the schema lets it through. */
interface StepJson {
  readonly do: Step['do'];
  readonly path: string;
  readonly value?: string;
  readonly text?: string;
  readonly acl?: readonly AclJson[];
  readonly version?: number;
  readonly sequential?: boolean;
  readonly container?: boolean;
  readonly ttlMs?: number;
  readonly ephemeral?: boolean;
}

function stepOf(given: StepJson): Step {
  const { path } = given;
  const version = given.version === undefined ? {} : { version: given.version };
  switch (given.do) {
    case 'create':
      return { do: 'create', path, data: dataOf(given, path), ...howOf(given) };
    case 'set':
      return { do: 'set', path, data: dataOf(given, path), ...version };
    case 'delete':
      return { do: 'delete', path, ...version };
    case 'check':
      return { do: 'check', path, ...version };
    default:
      return given.do satisfies never;
  }
}

function howOf({
  path,
  acl,
  sequential,
  container,
  ttlMs,
  ephemeral,
}: StepJson): Pick<Step & { do: 'create' }, 'kind' | 'acl' | 'ttlMs'> {
  if (ephemeral === true) throw noEphemerals(path);
  if (container === true && (sequential === true || ttlMs !== undefined)) {
    throw new ProgramsError(
      'BAD_ARGUMENTS',
      'a container has neither a number in its name nor a ttlMs',
      path,
    );
  }
  const kind =
    container === true ? 'container' : sequential === true ? 'persistent-sequential' : 'persistent';
  return { kind, ttlMs, acl: acl === undefined ? undefined : aclOf(acl) };
}

async function post({ asker, body }: Asked): Promise<unknown> {
  const steps = (body as { steps: StepJson[] }).steps.map(stepOf);
  const items = steps.map((step) => multiItemOf(step, step.path, OPEN_ACL));
  const results = await asker.ask(new TransactionCall(steps, items, 0));
  return { results: results.map((result, at) => resultJson(steps[at]!, result)) };
}

/** `path`: of a create the created node's, with its number if it has one. */
function resultJson(step: Step, { path, stat }: StepResult): unknown {
  return { do: step.do, path: path ?? step.path, ...(stat === undefined ? {} : { stat: statJson(stat) }) };
}

export const transact: Operation = {
  method: 'POST',
  path: '/transactions',
  id: 'transact',
  summary: 'Does all of the steps, or none',
  description:
    'Where a step cannot be done, none is: the error has its code and path, and `step` says which it is, counted from 0.',
  body: { isRequired: true, content: { 'application/json': { schema: TRANSACTION_BODY } } },
  answers: {
    200: { description: 'All were done.', content: { 'application/json': { schema: ref('Transaction') } } },
  },
  errors: [404, 409, 412, 413, 415, 507],
  place: 'request',
  handle: post,
};
