import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, UsageRequested } from './config-error.ts';
import type { Environment } from './environment.ts';
import { type Loaded, loadConfig } from './load.ts';

export const EXIT_CONFIG = 2;

/** Somebody who moves from ZooKeeper in place expects their nodes to be there. */
function warningOfForeignData(loaded: Loaded): readonly string[] {
  const { dataDir, dataLogDir } = loaded.config;
  const folders = new Set([join(dataDir, 'version-2'), join(dataLogDir, 'version-2')]);
  return [...folders]
    .filter((folder) => existsSync(folder))
    .map(
      (folder) =>
        `${folder} looks like data of Apache ZooKeeper: it is left alone and not read; rookery-server import-zookeeper takes it over`,
    );
}

/** As loadConfig; prints a usage text and exits with 0, or the one line of a ConfigError and exits with 2. */
export function loadConfigOrExit(argv: readonly string[], environment: Environment): Loaded {
  try {
    const loaded = loadConfig(argv, environment, (path) => readFileSync(path, 'utf8'));
    const foreign = warningOfForeignData(loaded);
    if (foreign.length === 0) return loaded;
    const warnings = Object.freeze([...loaded.warnings, ...foreign]);
    return { config: Object.freeze({ ...loaded.config, warnings }), warnings };
  } catch (error) {
    if (error instanceof UsageRequested) {
      process.stdout.write(error.text);
      process.exit(0);
    }
    if (error instanceof ConfigError) {
      process.stderr.write(`rookery-server: ${error.message}\n`);
      process.exit(EXIT_CONFIG);
    }
    throw error;
  }
}
