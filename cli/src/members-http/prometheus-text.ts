/** One value of a metric. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Values by the names of metrics. */
export type Samples = ReadonlyMap<string, readonly Sample[]>;

/** Of a page that is no page of metrics: nobody has so many series. */
const MAX_SAMPLES = 100_000;

/** Reads Prometheus' text format. Lines that are none of it are left out. */
export function parsePrometheusText(text: string): Samples {
  const samples = new Map<string, Sample[]>();
  let count = 0;
  for (const line of text.split('\n')) {
    const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    if (match === null) continue;
    const [, name = '', labels = '', value = ''] = match;
    if (++count > MAX_SAMPLES) break;
    const sample = { labels: labelsOf(labels), value: numberOf(value) };
    const others = samples.get(name);
    if (others === undefined) samples.set(name, [sample]);
    else others.push(sample);
  }
  return samples;
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g))
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  return labels;
}

function numberOf(text: string): number {
  return Number(text.replace('Inf', 'Infinity'));
}

/** Of a metric without labels. */
export function singleValue(samples: Samples, name: string): number | undefined {
  return samples.get(name)?.[0]?.value;
}
