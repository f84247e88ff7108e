import { parseAllDocuments, stringify } from 'yaml';
import packageJson from '../../../package.json' with { type: 'json' };
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-codes.ts';
import { UsageError } from '../../failures.ts';
import { counted } from '../../quantities.ts';
import { convert, type SourceName } from '../convert/convert.ts';
import type { Remark } from '../convert/draft.ts';

export interface ConvertOptions {
  readonly filename: string;
  readonly from?: SourceName;
  readonly name?: string;
}

const HEADINGS = {
  taken: 'taken',
  'not-needed': 'not needed',
  'no-counterpart': 'NO COUNTERPART',
} as const;

/** Prints a CoordinationCluster for what another operator or a chart was told, and to stderr what became of each key. */
export async function convertFile(
  context: Context,
  options: ConvertOptions,
  namespace: string | undefined,
): Promise<ExitCode> {
  const text = String(await context.readValue(options.filename === '-' ? '-' : `@${options.filename}`));
  const { from, name } = options;
  const version = packageJson.version;
  const converted = convert(documentsOf(text, options.filename), { from, name, namespace, version });
  await context.out.text(stringify(converted.cluster, { lineWidth: 0 }));
  const { remarks } = converted;
  if (context.json) for (const remark of remarks) context.stderr.write(`${JSON.stringify(remark)}\n`);
  else context.stderr.write(textOfAll(converted.called, remarks));
  return remarks.some(({ is }) => is === 'no-counterpart') ? ExitCode.no : ExitCode.ok;
}

function documentsOf(text: string, file: string): readonly unknown[] {
  try {
    const documents = parseAllDocuments(text, { prettyErrors: false });
    return [...documents].map((document) => {
      const [error] = document.errors;
      if (error !== undefined) throw error;
      return document.toJS() as unknown;
    });
  } catch (error) {
    throw new UsageError(`${file === '-' ? 'stdin' : file} is no YAML: ${(error as Error).message}`);
  }
}

/** One heading after the other; keys that are judged alike stand together. */
function textOfAll(called: string, remarks: readonly Remark[]): string {
  const told = (['taken', 'not-needed', 'no-counterpart'] as const).flatMap((is) => {
    const these = remarks.filter((remark) => remark.is === is);
    if (these.length === 0) return [];
    const lines = is === 'taken' ? these.map(takenText) : byReason(these);
    return [`${HEADINGS[is]}:`, ...lines.map((line) => `  ${line}`)];
  });
  const count = (is: Remark['is']) => remarks.filter((remark) => remark.is === is).length;
  const sum = `${called}: ${counted(count('taken'), 'key')} taken, ${count('not-needed')} not needed, ${count('no-counterpart')} without a counterpart`;
  return `${[...told, sum].join('\n')}\n`;
}

function takenText({ key, field, value, why }: Remark): string {
  return `${key} → ${field}: ${JSON.stringify(value)}${why === undefined ? '' : ` (${why})`}`;
}

function byReason(remarks: readonly Remark[]): readonly string[] {
  const keys = new Map<string, string[]>();
  for (const { key, why = '' } of remarks) keys.set(why, [...(keys.get(why) ?? []), key]);
  return [...keys].map(([why, those]) => `${those.join(', ')}: ${why}`);
}
