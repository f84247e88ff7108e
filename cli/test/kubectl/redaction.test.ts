import { describe, expect, test } from 'vitest';
import { type Json, secretsNamedBy, shownObject } from '../../src/kubectl/report/kube-object.ts';
import { isSecretName, Redaction } from '../../src/kubectl/report/redaction.ts';

const byWords = new Redaction([]);
const shown = (text: string): string => byWords.of(text).toString();

describe('what words give away', () => {
  test.each([
    ['password=hunter2 user=ann', 'password=[redacted] user=ann'],
    ['{"token":"abc","n":1}', '{"token":"[redacted]","n":1}'],
    ["{'secret': 'it''s'}", "{'secret': '[redacted]''s'}"],
    ['{"a":"{\\"password\\":\\"x y\\"}"}', '{"a":"{\\"password\\":\\"[redacted]\\"}"}'],
    ['DB_PASSWORD: 12345', 'DB_PASSWORD: [redacted]'],
    ['--admin-token abc --n 3', '--admin-token [redacted] --n 3'],
    ['["--password","abc"]', '["--password","[redacted]"]'],
    ['x-api-key: abc', 'x-api-key: [redacted]'],
    ['amqp://me:pw@host', 'amqp://[redacted]@host'],
    ['authorization: Basic YW5uOnB3', 'authorization: Basic [redacted]'],
    ['"authorization":"Bearer abc"', '"authorization":"Bearer [redacted]"'],
    ['a -----BEGIN RSA PRIVATE KEY-----\nxyz', 'a [redacted]'],
  ])('is taken out of %s', (text, left) => {
    expect(shown(text)).toBe(left);
  });

  test.each([
    '{"secretName":"demo-admin","tokenExpirationSeconds":3600}',
    'ROOKERY_HTTP_TOKEN_FILE: /etc/rookery-admin/token',
    '{"adminTokens":["3f2a"],"token":null}',
    'automountServiceAccountToken: false',
    'the token of /admin is nobody in the tree',
    'http://10.0.0.1:8080/admin/members',
    'rookery_info{version="0.3.0"} 1',
    'Basic usage of digest and bearer words',
    '"digest":"0x12ab"',
  ])('leaves %s as it is', (text) => {
    expect(shown(text)).toBe(text);
  });

  test('JSON stays JSON', () => {
    const value = {
      password: 'a"b',
      list: [{ token: 'x\\y' }],
      text: 'secret: "z"',
      deep: JSON.stringify({ token: 'q' }),
    };
    const left = JSON.parse(shown(JSON.stringify(value))) as Record<string, unknown>;
    expect(left).toMatchObject({ password: '[redacted]', list: [{ token: '[redacted]' }] });
    expect(JSON.parse(left.deep as string)).toEqual({ token: '[redacted]' });
  });

  test('is looked for in megabytes without a blank, too', () => {
    const long = 'a'.repeat(1024 * 1024);
    expect(shown(`${long}.${long} token=x`)).toBe(`${long}.${long} token=[redacted]`);
    const many = 'eyJ-'.repeat(256 * 1024);
    expect(shown(many)).toBe(many);
  });
});

test('what is known is taken out of bytes of any kind, and what is too short to be told from chance is not looked for', () => {
  const known = new Redaction([Buffer.from([0xff, 0xfe, 1, 2, 3, 4]), Buffer.from('short')]);
  expect(known.of(Buffer.from('short fffe01020304')).toString()).toBe('short [redacted]');
});

test.each([
  ['token', true],
  ['clientSecret', true],
  ['DB_PASSWORD', true],
  ['tokenFile', false],
  ['secretName', false],
  ['user', false],
])('a field called %s holds a secret: %s', (name, is) => {
  expect(isSecretName(name)).toBe(is);
});

describe('an object of Kubernetes', () => {
  test('is shown without what its fields call secrets, and without what tools keep in it', () => {
    const found: string[] = [];
    const object: Json = {
      kind: 'Pod',
      metadata: {
        name: 'a',
        managedFields: [{}],
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'x' },
      },
      spec: {
        containers: [
          {
            env: [
              { name: 'API_TOKEN', value: 'abc' },
              { name: 'HOME', value: '/' },
            ],
            password: 'def',
          },
        ],
      },
    };
    expect(shownObject(object, (secret) => found.push(secret))).toEqual({
      kind: 'Pod',
      metadata: { name: 'a', annotations: {} },
      spec: {
        containers: [
          {
            env: [
              { name: 'API_TOKEN', value: '[redacted]' },
              { name: 'HOME', value: '/' },
            ],
            password: '[redacted]',
          },
        ],
      },
    });
    expect(found).toEqual(['abc', 'def']);
  });

  test('of the kind Secret has a name and nothing else', () => {
    const secret: Json = {
      kind: 'Secret',
      metadata: { name: 'a', labels: {} },
      data: { x: 'eA==' },
      stringData: { y: 'y' },
    };
    expect(shownObject([secret], () => {})).toEqual([{ kind: 'Secret', metadata: { name: 'a' } }]);
  });

  test('names the Secrets that it has to do with, wherever it names them', () => {
    const names = secretsNamedBy({
      spec: {
        imagePullSecrets: [{ name: 'pull' }],
        volumes: [
          { secret: { secretName: 'mounted' } },
          { projected: { sources: [{ secret: { name: 'projected' } }] } },
        ],
        containers: [
          {
            env: [{ valueFrom: { secretKeyRef: { name: 'variable', key: 'k' } } }],
            envFrom: [{ secretRef: { name: 'all' } }],
          },
        ],
      },
    });
    expect([...names].sort()).toEqual(['all', 'mounted', 'projected', 'pull', 'variable']);
  });
});
