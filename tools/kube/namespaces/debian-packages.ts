/** What the nodes need of Debian. */
import { run, succeeds } from '../commands.ts';

const packages = [
  'buildah',
  'conntrack',
  'containerd',
  'containernetworking-plugins',
  'ethtool',
  'iproute2',
  'iptables',
  'openssl',
  'runc',
  'socat',
] as const;

/** Installs those that are missing, and says so. */
export async function installDebianPackages(log: (line: string) => void): Promise<void> {
  if (!(await succeeds(['dpkg-query', '--version']))) {
    throw new Error(
      `without Docker, the nodes of the test's Kubernetes take ${packages.join(', ')} from Debian's packages, and this machine has no ` +
        'dpkg; start Docker, or use Debian or Ubuntu',
    );
  }
  const states = await Promise.all(
    packages.map(async (name) => ({ name, installed: await isInstalled(name) })),
  );
  const missing = states.filter(({ installed }) => !installed).map(({ name }) => name);
  if (missing.length === 0) return;
  log(`installing Debian packages (apt-get): ${missing.join(' ')}`);
  const environment = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['apt-get', 'install', '-y', '-q', '--no-install-recommends', ...missing];
  try {
    await run(install, { environment });
  } catch {
    // The lists of packages may be missing or out of date.
    await run(['apt-get', 'update', '-q'], { environment });
    await run(install, { environment });
  }
}

async function isInstalled(name: string): Promise<boolean> {
  try {
    return (
      (await run(['dpkg-query', '--show', '--showformat', `\${db:Status-Status}`, name])) === 'installed'
    );
  } catch {
    return false;
  }
}
