import { describe, expect, test } from 'vitest';
import { zooKeys } from '../../../../server/src/config/settings.ts';
import { PROTECTIONS } from '../../../../server/src/config/zoo-keys.ts';
import { convert } from '../../../src/kubectl/convert/convert.ts';
import type { Remark } from '../../../src/kubectl/convert/draft.ts';

/** What is said of one line of a zoo.cfg. */
function judged(line: string): Remark {
  const values = { replicaCount: 3, persistence: { size: '8Gi' }, configuration: line };
  const { remarks } = convert([values], { from: 'bitnami', version: '0.3.0' });
  const found = remarks.find(({ key }) => key.startsWith('configuration'));
  if (found === undefined) throw new Error(`nothing is said of ${line}`);
  return found;
}

describe('keys of a zoo.cfg', () => {
  test.each([...zooKeys()])('%s, which the server knows, is known here', (key) => {
    expect(judged(`${key}=1`).why ?? '').not.toMatch(/no key of ZooKeeper/);
  });

  test.each([...PROTECTIONS.keys()])('%s=true is not passed over: it cannot be had', (key) => {
    expect(judged(`${key}=true`).is).toBe('no-counterpart');
    expect(judged(`${key}=false`).is).toBe('not-needed');
  });

  test.each([
    ['snapCount=5000', 'spec.config.snapshotEvery', 5000],
    ['zookeeper.snapCount = 5000', 'spec.config.snapshotEvery', 5000],
    ['jute.maxbuffer: 2048', 'spec.config.maxRequestBytes', 2048],
    ['4lw.commands.whitelist=ruok, isro', 'spec.config.fourLetterWords', ['ruok', 'isro']],
    ['enforceQuota=true', 'spec.config.enforceQuotas', true],
    ['readonlymode.enabled=true', 'spec.config.readOnlyMode', true],
    ['minSessionTimeout=90000', 'spec.config.minSessionTimeout', undefined],
  ])('%s becomes %s', (line, field, value) => {
    if (value === undefined) expect(judged(line).why).toMatch(/40000 ms, would be below .* 90000 ms/);
    else expect(judged(line)).toMatchObject({ is: 'taken', field, value });
  });

  test('what the server takes without effect has its reason from the same table', () => {
    expect(judged('preAllocSize=1')).toEqual({
      key: 'configuration: preAllocSize',
      is: 'not-needed',
      why: 'log segments are always preallocated',
    });
    expect(judged('no.such.key=1').why).toBe('it is no key of ZooKeeper that is known here');
  });
});
