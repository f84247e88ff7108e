/** What an expression of PromQL speaks of: enough for those of alerts.yaml and of the dashboard, in which no string holds a brace, bracket or parenthesis. */

export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
  /** Where it stands in the expression. */
  readonly at: number;
}

const RANGE = /\[[^\]]*\]/g;
const GROUPING = /\b(by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
const NAME = /\b([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(\{[^}]*\}|\()?/g;
const OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'unless', 'bool', 'offset']);

const blank = (text: string): string => ' '.repeat(text.length);

export function selectorsOf(expr: string): readonly Selector[] {
  const text = expr.replace(RANGE, blank).replace(GROUPING, blank);
  return [...text.matchAll(NAME)].flatMap(({ 1: metric = '', 2: braces = '', index: at }) =>
    braces === '(' || OPERATORS.has(metric) ? [] : [{ metric, matchers: matchersOf(braces), at }],
  );
}

/** Those that it groups or joins by. */
export function groupingLabelsOf(expr: string): readonly string[] {
  return [...expr.matchAll(GROUPING)].flatMap(([, , labels = '']) => namesIn(labels));
}

/** What the outcome is grouped by, which is what its first part is; undefined: it has all that the first metric has. */
export function resultGroupingOf(expr: string): readonly string[] | undefined {
  if (/^(?:absent|sum|max|count)\s*\(/.test(expr)) return [];
  const [first] = expr.matchAll(GROUPING);
  const isOutermost = first?.[1] === 'by' && first.index < selectorsOf(expr)[0]!.at;
  return isOutermost ? namesIn(first[2]!) : undefined;
}

function namesIn(list: string): readonly string[] {
  return list.split(',').map((name) => name.trim());
}

function matchersOf(braces: string): readonly Matcher[] {
  return [...braces.matchAll(/([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)].map(
    ([, label = '', operator = '', value = '']) => ({ label, operator, value }),
  );
}
