import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildOnce, builtFolder } from '../../../testkit/src/built-folder.ts';
import { runsHere } from '../../../testkit/src/runs-here.ts';

const BUILD_TIMEOUT_MS = 5 * 60_000;

/**
 * Brings the sources of ZooKeeper's own C client, 3.8.0. Debian's libzookeeper-mt2 is the same one, without TLS: it is linked with no OpenSSL.
 */
const packaged = {
  name: 'zookeeper',
  version: '7.3.0',
  sha512: 'c0KUUlqTNE9ytlZOgaejGelN7lxaOcEKTELmBthy1jz7NPna8UGCCf69oyrnnlnDdyi3LShEsNL8K6zW/494Cg==',
  sources: 'package/deps/zookeeper-client-c.tar.gz',
} as const;

const programs = join(import.meta.dirname, '..', 'c');

/** What is missing on this machine to build programs in C, in one line; undefined when nothing is. */
export function missingForC(): string | undefined {
  for (const tool of ['cc', 'make']) {
    if (!runsHere(tool, '--version')) return `${tool} is not installed`;
  }
  const hasOpenssl = runsHere('cc', '-E', '-include', 'openssl/ssl.h', '-x', 'c', '/dev/null');
  return hasOpenssl ? undefined : 'the headers of OpenSSL are not installed: Debian has them in libssl-dev';
}

/** Returns the path of the program that is made from `c/<name>.c` and the client's library. */
export function buildCProgram(name: string, log: (line: string) => void): string {
  const source = join(programs, `${name}.c`);
  const library = buildLibrary(log);
  const folder = builtFolder('c-clients', [library, readFileSync(source, 'utf8')]);
  buildOnce(folder, (unfinished) => {
    log(`building the C client ${name}`);
    const include = ['include', 'generated'].map((part) => `-I${join(library, part)}`);
    const flags = ['-std=gnu11', '-O1', '-Wall', '-Wextra', '-DTHREADED', '-DHAVE_OPENSSL_H', ...include];
    const libraries = [join(library, '.libs', 'libzookeeper_mt.a'), '-lssl', '-lcrypto', '-lpthread', '-lm'];
    run('cc', [...flags, '-o', join(unfinished, name), source, ...libraries], programs);
  });
  return join(folder, name);
}

/** Returns the folder that holds the library and its headers. Throws where the package is not the one that was pinned here. */
function buildLibrary(log: (line: string) => void): string {
  const folder = builtFolder('c-library', [JSON.stringify(packaged)]);
  buildOnce(folder, (unfinished) => {
    log("building ZooKeeper's C client with TLS (once)");
    fetchSources(unfinished);
    run('./configure', ['--quiet', '--disable-shared', '--without-cppunit', '--without-sasl'], unfinished);
    run('make', ['--silent', 'CFLAGS=-O1 -w', 'libzookeeper_mt.la'], unfinished);
  });
  return folder;
}

function fetchSources(folder: string): void {
  const { name, version, sha512, sources } = packaged;
  run('npm', ['pack', '--silent', `${name}@${version}`], folder);
  const archive = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  if (archive === undefined) throw new Error(`npm pack ${name}@${version} has left no archive in ${folder}`);
  const bytes = readFileSync(join(folder, archive));
  const found = createHash('sha512').update(bytes).digest('base64');
  if (found !== sha512)
    throw new Error(`${name}@${version} from the registry has the sha512 ${found}, not ${sha512} as pinned`);
  run('tar', ['-xzf', archive, '--strip-components=2', sources], folder);
  run(
    'tar',
    ['-xzf', 'zookeeper-client-c.tar.gz', '--strip-components=1', '--warning=no-unknown-keyword'],
    folder,
  );
}

/** Its output is shown where it fails. */
function run(command: string, args: readonly string[], cwd: string): void {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'], timeout: BUILD_TIMEOUT_MS });
}
