import { arch, freemem, homedir, hostname, platform, release, tmpdir, totalmem, userInfo } from 'node:os';

const MB = 1024 * 1024;
const names: Readonly<Record<string, string>> = { linux: 'Linux', darwin: 'Mac OS X', win32: 'Windows' };
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'aarch64' };

/** The process and its machine, under the names that ZooKeeper's `envi` gives them; Node.js stands where Java does there. */
export function machineEnvironment(): (readonly [key: string, value: string])[] {
  return [
    ['host.name', hostname()],
    ['node.version', process.versions.node],
    ['node.home', process.execPath],
    ['node.io.tmpdir', tmpdir()],
    ['os.name', names[platform()] ?? platform()],
    ['os.arch', architectures[arch()] ?? arch()],
    ['os.version', release()],
    ['user.name', userName()],
    ['user.home', homedir()],
    ['user.dir', process.cwd()],
    ['os.memory.free', `${Math.floor(freemem() / MB)}MB`],
    ['os.memory.max', `${Math.floor(mostMemory() / MB)}MB`],
    ['os.memory.total', `${Math.floor(totalmem() / MB)}MB`],
  ];
}

/** What the system lets this process have: a container's limit, or all there is. */
function mostMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** A user of a container may have a number and no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
}
