import { VERSION } from '../../config/version.ts';
import type { Operation, Schema } from './route.ts';
import { COMPONENTS, ref } from './schemas.ts';

/** Every operation may be answered with them. */
const EVERY_ERROR = [400, 401, 403, 429, 500, 503, 504];

const errorNames: Readonly<Record<number, string>> = {
  400: 'The request cannot be carried out as it is.',
  401: 'The proof is not believed, or one is asked for.',
  403: 'The access list does not allow it.',
  404: 'There is no such node.',
  409: 'The tree is not so that it could be done.',
  410: 'The list cannot be gone on with: begin again.',
  412: 'The node is not in the state that the caller knows.',
  413: 'It is longer than a request may be.',
  415: 'The body is not JSON.',
  429: 'Too much is asked at once.',
  500: 'The member does not say why; its log does.',
  503: 'This member does not serve now, or only reads.',
  504: 'No answer in time.',
  507: 'A quota is used up.',
};

const zxidHeader = {
  'Rookery-Zxid': {
    description: 'The newest write that the member had applied, or the one that was done.',
    schema: { type: 'integer' },
  },
};

/** The document at /v1/openapi.json, made of what the routes are made of. */
export function openApiOf(operations: readonly Operation[]): Schema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const path = `/v1${operation.path}`;
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: operationOf(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rookery: HTTP for programs',
      version: VERSION,
      description: 'The tree of znodes, for programs without a client. Off unless `http.v1` is set.',
    },
    servers: [{ url: '/' }],
    security: [{}, { basic: [] }, { bearer: [] }, { certificate: [] }],
    paths,
    components: {
      schemas: COMPONENTS,
      securitySchemes: {
        basic: {
          type: 'http',
          scheme: 'basic',
          description: 'User and password prove an id of the scheme `digest`, for access lists that name it.',
        },
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'A token of `http.identitiesFile`, which says whose ids it stands for.',
        },
        certificate: { type: 'mutualTLS', description: 'Its subject is an id of the scheme `x509`.' },
      },
    },
  };
}

function operationOf({
  id,
  summary,
  description,
  path,
  query,
  headers,
  body,
  answers,
  errors,
  place,
}: Operation): unknown {
  const parameters = [
    ...(path.includes('{path}') ? [pathParameter] : []),
    ...Object.entries(query ?? {}).map(([name, { description: about, ...schema }]) => ({
      name,
      in: 'query',
      description: about,
      allowEmptyValue: Array.isArray(schema.enum) && schema.enum.includes(''),
      schema,
    })),
    ...Object.entries(headers ?? {}).map(([name, about]) => ({
      name,
      in: 'header',
      description: about,
      schema: { type: 'string' },
    })),
  ];
  const failures = place === 'none' ? [] : [...new Set([...EVERY_ERROR, ...errors])].sort((a, b) => a - b);
  return {
    operationId: id,
    summary,
    ...(description === undefined ? {} : { description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: body.isRequired, content: body.content } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, { headers: names, ...answer }]) => [
          status,
          { ...answer, ...(place === 'none' ? {} : { headers: headersOf(names ?? []) }) },
        ]),
      ),
      ...Object.fromEntries(failures.map((status) => [status, failureOf(status)])),
    },
  };
}

function headersOf(names: readonly string[]): Schema {
  return {
    ...zxidHeader,
    ...Object.fromEntries(names.map((name) => [name, { schema: { type: 'string' } }])),
  };
}

function failureOf(status: number): unknown {
  return {
    description: errorNames[status] ?? '',
    content: { 'application/json': { schema: ref('Error') } },
  };
}

const pathParameter = {
  name: 'path',
  in: 'path',
  required: true,
  description:
    "The node's path without its first slash; its other slashes stand as they are. Empty for the root.",
  schema: { type: 'string' },
};
