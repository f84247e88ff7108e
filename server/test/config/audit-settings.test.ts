import { describe, expect, test } from 'vitest';
import { loadFrom, loadYaml, loadZooCfg } from './load-from.ts';

describe('the audit log', () => {
  test('is off where nobody asks for it, and on by the key of ZooKeeper', () => {
    expect(loadFrom({}).config.audit).toEqual({ enabled: false });
    expect(loadZooCfg(['audit.enable=true']).config.audit).toEqual({ enabled: true });
    expect(loadZooCfg(['audit.enable=true']).warnings).toEqual([]);
  });

  test('goes to a file of its own, which no key of ZooKeeper names', () => {
    const { config, warnings } = loadYaml('audit: {enable: true, file: /var/log/audit.json}');
    expect(config.audit).toEqual({ enabled: true, file: '/var/log/audit.json' });
    expect(warnings).toEqual([]);
  });

  test('that has a file and is off is told', () => {
    expect(loadYaml('audit: {file: /var/log/audit.json}').warnings).toEqual([
      'rookery.yaml line 1: audit.file has no effect: nothing is audited unless audit.enable is true',
    ]);
  });
});
