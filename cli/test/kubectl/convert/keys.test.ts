import { describe, expect, test } from 'vitest';
import { convert, SOURCES, type SourceName, tableOf } from '../../../src/kubectl/convert/convert.ts';
import { Rows } from '../../../src/kubectl/convert/table.ts';
import { inputOf } from './inputs.ts';
import { keysOf } from './keys.ts';

/** Something that asks for what the key is there for, whatever that is. */
const ASKING = ['something', 7, true, { enabled: true }, ['a'], { name: 'a' }];

function told(source: SourceName, key: string, value: unknown): readonly string[] {
  const { remarks } = convert([inputOf(source, [[key, value]])], {
    from: source,
    name: 'zk',
    version: '0.3.0',
  });
  return remarks.map((remark) => remark.key);
}

describe.each(SOURCES)('the table of %s', (source) => {
  const keys = keysOf(source);
  const rows = new Rows(tableOf(source));

  test('has a row for each key that there is', () => {
    expect(keys.length).toBeGreaterThan(60);
    expect(keys.filter((key) => rows.rowOf(key) === undefined)).toEqual([]);
  });

  test('has no row that no key needs', () => {
    const used = new Set(keys.map((key) => rows.rowOf(key)));
    // A row above others is there for keys that later versions may bring.
    const above = (row: string) => keys.some((key) => key.startsWith(`${row}.`));
    expect(Object.keys(tableOf(source)).filter((row) => !used.has(row) && !above(row))).toEqual([]);
  });

  test('lets no key that is set pass in silence', () => {
    const silent = keys.flatMap((key) =>
      ASKING.filter((value) => {
        const written = key.replaceAll('*', 'default');
        return !told(source, key, value).some(
          (each) => each.startsWith(written) || written.startsWith(`${each}.`),
        );
      }).map((value) => `${key}: ${JSON.stringify(value)}`),
    );
    expect(silent).toEqual([]);
  });

  test('says of a key that it does not know that it does not', () => {
    const { remarks } = convert([inputOf(source, [['noSuchKey', 1]])], { from: source, version: '0.3.0' });
    expect(remarks).toContainEqual({
      key: 'noSuchKey',
      is: 'no-counterpart',
      why: 'this key is not known here: look what it did',
    });
  });
});
