import { formatOf, isObject, type Recogniser } from './format.ts';

export const json: Recogniser<unknown> = (_path, value) => {
  if (Array.isArray(value))
    return formatOf('json', `JSON: a list of ${counted(value.length, 'entry', 'entries')}`, []);
  if (!isObject(value)) return undefined;
  return formatOf(
    'json',
    `JSON: an object with ${counted(Object.keys(value).length, 'field', 'fields')}`,
    [],
  );
};

const PROPERTY = /^([\w.\-/]+)[ \t]*=[ \t]*(.*)$/;

/** Lines of `key=value`, as Java's properties and many tools have them; those that begin with # or ! are comments. */
export const properties: Recogniser<string> = (_path, text) => {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const said = lines.filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('!'));
  const fields = said.map((line) => PROPERTY.exec(line));
  if (fields.length === 0 || fields.includes(null)) return undefined;
  return formatOf(
    'properties',
    `Properties: ${counted(fields.length, 'line', 'lines')} of key=value`,
    fields.map((match) => [match![1]!, match![2]] as const),
  );
};

/** Eight bytes, or four: a number as Java writes it. One that is written as a text is read without help. */
export const counter: Recogniser<Uint8Array> = (_path, data) => {
  const isNearZero = data[0] === 0 || data[0] === 0xff;
  if ((data.length !== 4 && data.length !== 8) || !isNearZero) return undefined;
  const view = new DataView(data.buffer, data.byteOffset);
  return data.length === 8
    ? formatOf('number', "A number of 64 bits, as Curator's DistributedAtomicLong keeps it", [
        ['value', String(view.getBigInt64(0))],
      ])
    : formatOf('number', "A number of 32 bits, as Curator's SharedCount keeps it", [
        ['value', String(view.getInt32(0))],
      ]);
};

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
