import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

const rule = '='.repeat(80);

/** Folders of the packages of which code stands in a bundle, as esbuild tells it; relative to where it ran. */
export function bundledPackages(metafile: Metafile): string[] {
  const folders = new Set<string>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const path of Object.keys(inputs)) {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
      if (folder !== undefined) folders.add(folder);
    }
  }
  return [...folders].sort();
}

interface PackageFile {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
}

/** Name, version and licence of each package, with the texts that it carries. Throws where there is none: such code may not be given on. */
export function thirdPartyNotices(root: string, folders: readonly string[]): string {
  const sections = folders.map((folder) => {
    const path = join(root, folder);
    const described = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as PackageFile;
    const { name, version, license } = described;
    return `${rule}\n${name} ${version} (${license})\n${rule}\n\n${licenceTexts(root, path, described).join('\n\n')}\n`;
  });
  const lead = 'This program contains code of the packages below, each under its own licence.\n';
  return [lead, ...sections].join('\n');
}

function licenceTexts(root: string, folder: string, described: PackageFile): string[] {
  const files = readdirSync(folder).filter((file) => /^(?:(?:un)?licen[cs]e|copying|notice)/i.test(file));
  if (files.length > 0) return files.sort().map((file) => readFileSync(join(folder, file), 'utf8').trim());
  const { name, version, license, author } = described;
  const holder = typeof author === 'string' ? author : author?.name;
  if (license === 'MIT' && holder !== undefined)
    return [`MIT License\n\nCopyright (c) ${holder}\n\n${mitTerms}`];
  // One text for everybody: ours.
  if (license === 'Apache-2.0' && holder !== undefined)
    return [`By ${holder}\n\n${readFileSync(join(root, 'LICENSE'), 'utf8').trim()}`];
  throw new Error(
    `${name} ${version} is bundled and carries no text of its licence (${license}): do without it`,
  );
}

/** Of packages that name this licence and leave its text out. */
const mitTerms = `Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`;
