import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** What those packages were unpacked to, as a program: its libraries and letters are found where they are. */
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
