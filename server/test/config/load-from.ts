import { expect } from 'vitest';
import { ConfigError } from '../../src/config/config-error.ts';
import { type Loaded, loadConfig } from '../../src/config/load.ts';

/** What is said of an ensemble of which nobody has to prove anything. */
export const OPEN_TO_STRANGERS =
  'zoo.cfg: sslQuorum (default): whoever reaches the port for members can pose as one, read everything and take over sessions; set peer.secretFile or peer.tls';

interface World {
  readonly argv?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

/** loadConfig over files that exist only here. */
export function loadFrom({ argv = [], environment = {}, files = {} }: World): Loaded {
  return loadConfig(argv, environment, (path) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' });
    return text;
  });
}

/** One zoo.cfg of these lines, with dataDir=/data and, where given, a myid there. */
export function loadZooCfg(lines: readonly string[], myid?: string): Loaded {
  const files = { 'zoo.cfg': ['dataDir=/data', ...lines].join('\n') };
  return loadFrom({
    argv: ['zoo.cfg'],
    files: myid === undefined ? files : { ...files, '/data/myid': myid },
  });
}

export function loadYaml(text: string, files: Readonly<Record<string, string>> = {}): Loaded {
  return loadFrom({ argv: ['rookery.yaml'], files: { ...files, 'rookery.yaml': text } });
}

/** The ConfigError that `load` throws; fails where it throws none. */
export function refusalOf(load: () => unknown): ConfigError {
  try {
    load();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    const refusal = error as ConfigError;
    expect(refusal.message, 'one line').not.toContain('\n');
    return refusal;
  }
  throw new Error('nothing was refused');
}
