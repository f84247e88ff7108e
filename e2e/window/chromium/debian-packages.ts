import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runsHere } from '../../../testkit/src/runs-here.ts';
import { Complaint } from '../../../testkit/src/scenarios/complaint.ts';
import type { Program } from './program.ts';

/** The browser, and letters: those that the pages are seen in, and others for names in Hebrew or Arabic. */
export const DEBIAN_PACKAGES: readonly string[] = ['chromium', 'fonts-inter', 'fonts-dejavu-core'];

/** By what pages ask for. */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  'system-ui': ['Inter', 'DejaVu Sans'],
  'ui-sans-serif': ['Inter', 'DejaVu Sans'],
  'sans-serif': ['Inter', 'DejaVu Sans'],
  'ui-monospace': ['DejaVu Sans Mono'],
  monospace: ['DejaVu Sans Mono'],
};

const TIMEOUT_MS = 10 * 60_000;

/** Fetches the packages with all that they need and this machine lacks, and unpacks them into `folder`; installs nothing. */
export function unpackFromDebian(folder: string, log: (line: string) => void): void {
  if (!runsHere('apt-get', '--version') || !runsHere('dpkg', '--version'))
    throw new Complaint(
      'no Chromium is installed, and only for Debian and Ubuntu it is fetched: set CHROMIUM to the path of one',
    );
  log('fetching Chromium from Debian (once, some 100 MB)');
  const archives = join(folder, 'archives');
  mkdirSync(join(archives, 'partial'), { recursive: true });
  download(archives);
  for (const name of readdirSync(archives).filter((file) => file.endsWith('.deb')))
    run('dpkg', ['-x', join(archives, name), folder]);
  rmSync(archives, { recursive: true });
}

/** A machine whose lists of packages were never fetched, or are old, fetches them first. */
function download(archives: string): void {
  const args = [
    'install',
    '-q',
    '-y',
    '--no-install-recommends',
    '--download-only',
    '-o',
    `Dir::Cache::archives=${archives}`,
    // Nothing of the machine's own is written, so that nobody else has to wait.
    '-o',
    'Debug::NoLocking=true',
    '-o',
    'APT::Sandbox::User=',
    ...DEBIAN_PACKAGES,
  ];
  try {
    run('apt-get', args);
  } catch {
    run('apt-get', ['update', '-q']);
    run('apt-get', args);
  }
}

/** What `unpackFromDebian` has left, as a program: its libraries and letters are found where they are. */
export function programIn(folder: string): Program {
  const configuration = join(folder, 'fonts.conf');
  const fonts = [join(folder, 'usr', 'share', 'fonts'), '/usr/share/fonts'];
  if (!existsSync(configuration)) writeFileSync(configuration, fontConfiguration(fonts));
  const libraries = join(folder, 'usr', 'lib');
  const path = join(libraries, 'chromium', 'chromium');
  const environment = {
    LD_LIBRARY_PATH: libraryFolders(libraries).join(':'),
    FONTCONFIG_FILE: configuration,
  };
  return { path, environment };
}

/** Some packages have a folder for libraries of their own, at a place that only an installed one is found by. */
function libraryFolders(libraries: string): string[] {
  return readdirSync(libraries, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.includes('.so'))
    .map(({ parentPath }) => parentPath)
    .filter((folder, at, all) => all.indexOf(folder) === at);
}

function fontConfiguration(folders: readonly string[]): string {
  const aliases = Object.entries(FAMILIES).map(([family, preferred]) => {
    const families = preferred.map((one) => `<family>${one}</family>`).join('');
    return `  <alias binding="strong"><family>${family}</family><prefer>${families}</prefer></alias>`;
  });
  const lines = [...folders.map((folder) => `  <dir>${folder}</dir>`), ...aliases];
  return [
    '<?xml version="1.0"?>',
    '<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">',
    '<fontconfig>',
    ...lines,
    '</fontconfig>',
    '',
  ].join('\n');
}

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: TIMEOUT_MS,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}
