import { STATUS } from './errors.ts';
import { PERMISSION_NAMES } from './node-json.ts';
import type { Schema } from './route.ts';

const zxid: Schema = {
  type: 'integer',
  description: 'A zxid: which write it was, in the order of all writes.',
};
const count: Schema = { type: 'integer' };

const value: Schema = { type: 'string', contentEncoding: 'base64', description: 'The value, in base64.' };
const text: Schema = { type: 'string', description: 'The value as text.' };
const acl: Schema = {
  type: 'array',
  minItems: 1,
  description: 'Who may do what. `{"scheme": "auth", "id": ""}` stands for whoever asks.',
  items: {
    type: 'object',
    properties: {
      scheme: { type: 'string' },
      id: { type: 'string' },
      permissions: {
        type: 'array',
        items: { type: 'string', enum: PERMISSION_NAMES },
        uniqueItems: true,
      },
    },
    required: ['scheme', 'id', 'permissions'],
    additionalProperties: false,
  },
};

/** The JSON body that writes a value. */
export const VALUE_BODY: Schema = {
  type: 'object',
  properties: { value, text, acl },
  additionalProperties: false,
};

export const ACL_BODY: Schema = {
  type: 'object',
  properties: { acl },
  required: ['acl'],
  additionalProperties: false,
};

const kindOfNode = {
  sequential: { type: 'boolean' },
  container: { type: 'boolean' },
  ttlMs: { type: 'integer', minimum: 1 },
  ephemeral: { type: 'boolean', description: 'Refused: it takes a session, and a caller of HTTP has none.' },
} as const;
const version: Schema = {
  type: 'integer',
  description: 'That the node must have; any where it is left out.',
};
const path: Schema = { type: 'string', pattern: '^/' };

function step(verb: string, properties: Readonly<Record<string, Schema>>): Schema {
  return {
    type: 'object',
    properties: { do: { type: 'string', const: verb }, path, ...properties },
    required: ['do', 'path'],
    additionalProperties: false,
  };
}

export const TRANSACTION_BODY: Schema = {
  type: 'object',
  properties: {
    steps: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        discriminator: { propertyName: 'do' },
        required: ['do'],
        oneOf: [
          step('create', { value, text, acl, ...kindOfNode }),
          step('set', { value, text, version }),
          step('delete', { version }),
          step('check', { version }),
        ],
      },
    },
  },
  required: ['steps'],
  additionalProperties: false,
};

function whole(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

export const ref = (name: keyof typeof COMPONENTS): Schema => ({ $ref: `#/components/schemas/${name}` });
const stat: Schema = { $ref: '#/components/schemas/Stat' };

/** What answers are made of. */
export const COMPONENTS = {
  Stat: whole({
    czxid: zxid,
    mzxid: zxid,
    pzxid: zxid,
    ctime: { type: 'integer', description: 'Milliseconds since 1970.' },
    mtime: { type: 'integer', description: 'Milliseconds since 1970.' },
    version: { type: 'integer', description: 'Changes of the value.' },
    cversion: count,
    aversion: { type: 'integer', description: 'Changes of the access list.' },
    ephemeralOwner: { type: 'string', description: 'The session that it goes with; 0x0: none.' },
    dataLength: count,
    numChildren: count,
  }),
  Node: whole({ path, value, text, stat }, ['text']),
  Written: whole({ path, stat }),
  Children: whole({
    path,
    stat,
    children: {
      type: 'array',
      items: whole({ name: { type: 'string' }, stat: { oneOf: [stat, { type: 'null' }] } }, ['stat']),
    },
    next: { type: ['string', 'null'], description: 'Where the next page is; null: this is the last one.' },
  }),
  Acl: whole({ path, acl, stat }),
  Transaction: whole({
    results: { type: 'array', items: whole({ do: { type: 'string' }, path, stat }, ['stat']) },
  }),
  Error: whole(
    {
      code: { type: 'string', enum: Object.keys(STATUS) },
      message: { type: 'string', description: 'For people.' },
      path: { type: 'string', description: 'The node that it is about.' },
      retry: {
        type: 'string',
        enum: ['safe', 'in-doubt', 'no'],
        description:
          'safe: it was not done, ask again. in-doubt: it may have been done: look first. no: it was not done, and asking again does not help.',
      },
      step: {
        type: 'integer',
        description: 'Of a transaction: which step could not be done, counted from 0.',
      },
    },
    ['path', 'step'],
  ),
} as const satisfies Readonly<Record<string, Schema>>;
