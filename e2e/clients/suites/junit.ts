/** One test, as pytest reports it in JUnit's XML. */
export interface TestResult {
  /** `kazoo.tests.test_lock.KazooLockTests.test_lock` */
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** The first line of what it failed with, or why it was skipped; empty where it passed. */
  readonly message: string;
}

const TEST_CASE = /<testcase ([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g;
const ATTRIBUTE = /([\w-]+)="([^"]*)"/g;
const TROUBLE = /<(failure|error|skipped)\b([^>]*)>/g;
const ESCAPED = /&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * The tests of a report. What went wrong before or after a test, in its fixtures, is an entry of its own there, under the
 * same name: the worst of a name counts. Throws where there is no report.
 */
export function readJunit(xml: string): TestResult[] {
  if (!/<testsuites?[\s>]/.test(xml)) throw new Error('this is no JUnit report');
  const byName = new Map<string, TestResult>();
  for (const [, written = '', content = ''] of xml.matchAll(TEST_CASE)) {
    const { classname = '', name = '' } = attributes(written);
    const result = { name: `${classname}.${name}`, ...outcomeOf(content) };
    const before = byName.get(result.name);
    if (before === undefined || badness[result.outcome] > badness[before.outcome])
      byName.set(result.name, result);
  }
  return [...byName.values()];
}

const badness = { skipped: 0, passed: 1, failed: 2 } as const;

function outcomeOf(content: string): Pick<TestResult, 'outcome' | 'message'> {
  let skipped: string | undefined;
  for (const [, kind, written = ''] of content.matchAll(TROUBLE)) {
    const message = (attributes(written).message ?? '').split('\n')[0] ?? '';
    if (kind !== 'skipped') return { outcome: 'failed', message };
    skipped = message;
  }
  return skipped === undefined
    ? { outcome: 'passed', message: '' }
    : { outcome: 'skipped', message: skipped };
}

function attributes(written: string): Readonly<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const [, name = '', value = ''] of written.matchAll(ATTRIBUTE)) all[name] = unescaped(value);
  return all;
}

function unescaped(text: string): string {
  return text.replace(ESCAPED, (whole, decimal?: string, hex?: string, name?: string) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return NAMED[name ?? ''] ?? whole;
  });
}
