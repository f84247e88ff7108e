import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package as package-lock.json describes it, by its folder. */
interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  /** A package of this repository: its folder. */
  readonly resolved?: string;
  readonly link?: true;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

type Lock = Readonly<Record<string, LockedPackage>>;

const OUR_LICENCE = 'Apache-2.0';

/**
 * What a bundle is made of, as CycloneDX 1.6 in JSON: each package of which it holds code with version, licence and hash as package-lock.json
 * has them, and who needs whom. From the bundle itself, not from what is installed: npm's own list names what tests need as well. The same bundle
 * gives the same text, wherever and whenever it is made, so it names no time.
 *
 * @param program its folder in the repository
 * @param folders of the packages in the bundle, as `bundledPackages` tells
 */
export function billOfMaterials(root: string, program: string, folders: readonly string[]): string {
  const { packages: lock } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Lock;
  };
  const version = lock[program]?.version;
  if (version === undefined) throw new Error(`${program} does not stand in package-lock.json`);
  const bundled = new Set(folders);
  const ours = {
    type: 'application',
    'bom-ref': `rookery-${program}@${version}`,
    name: `rookery-${program}`,
    version,
    licenses: [{ license: { id: OUR_LICENCE } }],
  };
  // Two copies of one version are one component.
  const components = new Map(folders.map((folder) => [refOf(lock, folder), componentOf(lock, folder)]));
  const needs = new Map<string, Set<string>>([[ours['bom-ref'], neededByOurs(lock, program)]]);
  for (const folder of folders) {
    const needed = needs.get(refOf(lock, folder)) ?? new Set();
    needs.set(refOf(lock, folder), needed);
    for (const each of neededBy(lock, folder)) needed.add(each);
  }
  const content = {
    metadata: { lifecycles: [{ phase: 'build' }], component: ours },
    components: [...components.values()],
    dependencies: [...needs].map(([ref, needed]) => ({ ref, dependsOn: refs(lock, bundled, needed) })),
  };
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(content))}`,
    version: 1,
    ...content,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function componentOf(lock: Lock, folder: string) {
  const { license, integrity } = locked(lock, folder);
  const { group, name } = nameOf(folder);
  const ref = refOf(lock, folder);
  if (license === undefined || integrity === undefined)
    throw new Error(`package-lock.json has no licence or no hash for ${folder}: do without it`);
  return {
    type: 'library',
    'bom-ref': ref,
    ...(group === undefined ? {} : { group }),
    name,
    version: locked(lock, folder).version,
    licenses: [/[ (]/.test(license) ? { expression: license } : { license: { id: license } }],
    hashes: [hashOf(integrity)],
    purl: ref,
  };
}

/** `sha512-` and base64, as npm writes it, in the words of CycloneDX. */
function hashOf(integrity: string): { readonly alg: string; readonly content: string } {
  const match = /^sha(\d+)-([A-Za-z0-9+/=]+)/.exec(integrity);
  if (match === null) throw new Error(`what hash is ${integrity}?`);
  return { alg: `SHA-${match[1]}`, content: Buffer.from(match[2]!, 'base64').toString('hex') };
}

/** Its address in the terms of https://github.com/package-url. */
function refOf(lock: Lock, folder: string): string {
  const { group, name } = nameOf(folder);
  const scope = group === undefined ? '' : `${group.replace('@', '%40')}/`;
  return `pkg:npm/${scope}${name}@${locked(lock, folder).version}`;
}

function nameOf(folder: string): { readonly group?: string; readonly name: string } {
  const [name, group] = folder.split('/').reverse() as [string, string];
  return group.startsWith('@') ? { group, name } : { name };
}

function locked(lock: Lock, folder: string): LockedPackage {
  const found = lock[folder];
  if (found?.version === undefined) throw new Error(`${folder} does not stand in package-lock.json`);
  return found;
}

function refs(lock: Lock, bundled: ReadonlySet<string>, needed: Iterable<string>): string[] {
  const found = [...needed].filter((folder) => bundled.has(folder));
  return [...new Set(found.map((folder) => refOf(lock, folder)))].sort();
}

/** Folders of the packages that one needs, as Node finds them: its own first, then those of the folders around it. */
function neededBy(lock: Lock, folder: string): string[] {
  const { dependencies, optionalDependencies } = lock[folder] ?? {};
  const names = Object.keys({ ...dependencies, ...optionalDependencies });
  return names.flatMap((name) => {
    for (let around = folder; ; around = around.replace(/(?:^|\/)(?:node_modules\/)?[^/]*$/, '')) {
      const candidate = around === '' ? `node_modules/${name}` : `${around}/node_modules/${name}`;
      if (lock[candidate] !== undefined) return [candidate];
      if (around === '') return [];
    }
  });
}

/** What the program needs, and the packages of this repository that it is made of. */
function neededByOurs(lock: Lock, program: string): Set<string> {
  const needed = new Set<string>();
  const todo = [program];
  const seen = new Set(todo);
  for (let folder = todo.pop(); folder !== undefined; folder = todo.pop()) {
    for (const each of neededBy(lock, folder)) {
      const { link, resolved } = lock[each]!;
      if (link !== true || resolved === undefined) needed.add(each);
      else if (!seen.has(resolved)) {
        seen.add(resolved);
        todo.push(resolved);
      }
    }
  }
  return needed;
}

/** Of version 8: the bits are the content's own. */
function uuidOf(content: string): string {
  const bytes = createHash('sha256').update(content).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [0, 8, 12, 16, 20]
    .map((start, i, starts) => hex.slice(start, starts[i + 1] ?? hex.length))
    .join('-');
}
