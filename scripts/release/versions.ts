/**
 * Where the product's version stands, and how each place is rewritten. Pure: texts in, texts out; `main.ts` reads and writes the files.
 */

/** One file in which the version stands. `rewrite` throws where its place is not found. */
interface VersionPlace {
  /** From the repository's root. */
  readonly file: string;
  readonly rewrite: (text: string, release: Release) => string;
}

export interface Release {
  /** The version until now, and the one that is released. */
  readonly from: string;
  readonly to: string;
  /** Of the release, YYYY-MM-DD. */
  readonly date: string;
}

export class ReleaseError extends Error {
  override readonly name: string = 'ReleaseError';
}

/** The npm packages that carry the product's version, and each other's as dependencies. */
export const PACKAGES = [
  'raft',
  'protocol',
  'client',
  'cli',
  'crds',
  'kube',
  'server',
  'operator',
  'bench',
  'e2e',
];

const CHARTS = ['rookery', 'coordination-cluster'];
const UNRELEASED = /^## Unreleased \(\S+\)$/m;

export const VERSION_PLACES: readonly VersionPlace[] = [
  ...PACKAGES.map((name) => ({ file: `${name}/package.json`, rewrite: packageVersions })),
  ...CHARTS.map((name) => ({
    file: `charts/${name}/Chart.yaml`,
    rewrite: (text: string, { from, to }: Release) =>
      replaced(replaced(text, `\nversion: ${from}\n`, `\nversion: ${to}\n`), `"${from}"`, `"${to}"`),
  })),
  ...['charts/coordination-cluster/values.yaml', 'README.md', 'crds/README.md'].map((file) => ({
    file,
    rewrite: (text: string, { from, to }: Release) =>
      replaced(text, `version: "${from}"`, `version: "${to}"`).replaceAll(
        ` ${from} `,
        ` ${to} `.padEnd(from.length + 2),
      ),
  })),
  { file: 'CHANGELOG.md', rewrite: changelog },
];

/** How each place is rewritten once a release is out, for the version that comes next. */
export const NEXT_PLACES: readonly VersionPlace[] = VERSION_PLACES.map((place) =>
  place.file === 'CHANGELOG.md' ? { ...place, rewrite: nextChangelog } : place,
);

/** Throws unless `to` is a version of three numbers that comes after `from`. */
export function checkVersions(from: string, to: string): void {
  if (!/^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}$/.test(to)) {
    throw new ReleaseError(`${JSON.stringify(to)} is no version: three numbers are, such as 1.2.0`);
  }
  const [old, fresh] = [from, to].map((version) => version.split('.').map(Number)) as [number[], number[]];
  const at = fresh.findIndex((number, i) => number !== old[i]);
  if (at >= 0 && fresh[at]! < old[at]!)
    throw new ReleaseError(`${to} comes before ${from}, which is what stands here`);
}

/** Its own version, and those of the repository's packages that it depends on. */
function packageVersions(text: string, { from, to }: Release): string {
  return replaced(text, `"version": "${from}"`, `"version": "${to}"`).replaceAll(
    /("(?:@rookery\/[\w-]+|raft-ts-lite)": )"[^"]*"/g,
    `$1"${to}"`,
  );
}

/** What was unreleased gets its heading; the next changes get an empty section. */
function changelog(text: string, { to, date }: Release): string {
  if (!UNRELEASED.test(text)) throw new ReleaseError('CHANGELOG.md has no section "## Unreleased (VERSION)"');
  return text.replace(UNRELEASED, `## Unreleased (next)\n\n## ${to} — ${date}`);
}

/** The section that a release has left empty gets the version that comes next. */
function nextChangelog(text: string, { to }: Release): string {
  return replaced(text, '## Unreleased (next)\n', `## Unreleased (${to})\n`);
}

function replaced(text: string, find: string, replace: string): string {
  if (!text.includes(find)) throw new ReleaseError(`${JSON.stringify(find)} does not stand in the file`);
  return text.replace(find, replace);
}
