import type { AclList } from '@rookery/protocol';
import { normalised } from '../paths.ts';
import { aclTexts, parseAcl } from './acl-text.ts';
import type { ModelNode } from './copier.ts';
import { valueJson } from './value-json.ts';

const FORMAT = 'rookery-export/1';

/** What one line of an export is. */
export type ExportLine =
  | { readonly is: 'head' }
  | { readonly is: 'node'; readonly node: ModelNode }
  | { readonly is: 'end'; readonly nodes: number; readonly ephemeralsLeftOut: number };

/** @param at when it was made, as ISO 8601 */
export function headLine(root: string, at: string): string {
  return JSON.stringify({ format: FORMAT, root, at });
}

export function nodeLine({ relative, data, acl, nextSequence }: ModelNode): string {
  return JSON.stringify({
    path: relative,
    ...valueJson(data),
    acl: aclTexts(acl),
    ...(nextSequence === 0 ? {} : { nextSequence }),
  });
}

export function endLine(nodes: number, ephemeralsLeftOut: number): string {
  return JSON.stringify({ end: true, nodes, ephemeralsLeftOut });
}

/** Reads a line, the `number`th from 1 on. Throws RangeError, which says what is wrong with it. */
export function parseExportLine(text: string, number: number): ExportLine {
  const refuse = (what: string): never => {
    throw new RangeError(`line ${number} of the export ${what}`);
  };
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return refuse('is no JSON: each line is to be one object');
  }
  if (typeof line !== 'object' || line === null || Array.isArray(line))
    return refuse('is no object: each line is to be one');
  const fields = line as Readonly<Record<string, unknown>>;
  if (number === 1) {
    if (fields.format !== FORMAT)
      refuse(`does not begin one: "format" is to be "${FORMAT}", and is ${JSON.stringify(fields.format)}`);
    return { is: 'head' };
  }
  if (fields.end === true) {
    const { nodes, ephemeralsLeftOut } = fields;
    if (typeof nodes !== 'number') return refuse('does not say how many "nodes" there were');
    return {
      is: 'end',
      nodes,
      ephemeralsLeftOut: typeof ephemeralsLeftOut === 'number' ? ephemeralsLeftOut : 0,
    };
  }
  try {
    return { is: 'node', node: nodeOf(fields) };
  } catch (error) {
    if (error instanceof RangeError) return refuse(`does not do: ${error.message}`);
    throw error;
  }
}

function nodeOf(fields: Readonly<Record<string, unknown>>): ModelNode {
  const { path, nextSequence } = fields;
  if (
    typeof path !== 'string' ||
    (path !== '' && (!path.startsWith('/') || normalised(path) !== path || path === '/'))
  )
    throw new RangeError(
      '"path" is to be empty, or to begin with / and to lead down from the root of the export',
    );
  return {
    relative: path,
    depth: path === '' ? 0 : path.split('/').length - 1,
    data: dataOf(fields),
    acl: aclOf(fields),
    nextSequence: typeof nextSequence === 'number' ? nextSequence : 0,
  };
}

function dataOf({ text, base64 }: Readonly<Record<string, unknown>>): Buffer {
  if (typeof text === 'string' && base64 === undefined) return Buffer.from(text, 'utf8');
  if (typeof base64 === 'string' && text === undefined) return Buffer.from(base64, 'base64');
  throw new RangeError('one of "text" and "base64" is to have the value');
}

function aclOf({ acl }: Readonly<Record<string, unknown>>): AclList {
  if (!Array.isArray(acl) || !acl.every((entry) => typeof entry === 'string'))
    throw new RangeError('"acl" is to be a list of texts such as "world:anyone:cdrwa"');
  return acl.map(parseAcl);
}
