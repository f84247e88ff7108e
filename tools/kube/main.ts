/**
 * A Kubernetes for the tests: by kind where Docker runs, else three nodes in namespaces of this machine.
 *
 *   node tools/kube/main.ts up                          (make kube-up)
 *   node tools/kube/main.ts down                        (make kube-down)
 *   node tools/kube/main.ts load ARCHIVE…               gives every node the images of `docker save` archives
 *   node tools/kube/main.ts on-node NODE -- COMMAND…    runs a program of this machine as if on a node
 */
import { spawn } from 'node:child_process';
import { chooseProvider } from './choose.ts';
import { kubeconfigFile } from './folders.ts';
import { installTools } from './tools.ts';

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function up(): Promise<void> {
  const began = performance.now();
  const provider = await chooseProvider();
  const { kubectl, helm } = await installTools(log);
  await provider.up(log);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  log(`Kubernetes is up (${seconds} s): ${provider.description}

  export KUBECONFIG=${kubeconfigFile}
  ${kubectl} get nodes
  ${helm} list

make kube-down ends it and leaves nothing behind.`);
}

const [verb, ...rest] = process.argv.slice(2);
try {
  switch (verb) {
    case 'up':
      await up();
      break;
    case 'down':
      await (await chooseProvider()).down();
      log('Kubernetes is down, and nothing of it is left.');
      break;
    case 'load': {
      const provider = await chooseProvider();
      for (const archive of rest) await provider.loadImage(archive);
      break;
    }
    case 'on-node': {
      const [node = '', separator, ...command] = rest;
      if (separator !== '--' || command.length === 0) throw new Error('on-node takes NODE -- COMMAND…');
      const beginning = (await chooseProvider()).onNode(node);
      if (beginning === undefined)
        throw new Error('these nodes are no part of this machine: run it in a pod');
      const [file, ...args] = [...beginning, ...command];
      const child = spawn(file!, args, { stdio: 'inherit' });
      child.on('error', (error) => log(error.message));
      child.on('exit', (code) => {
        process.exitCode = code ?? 1;
      });
      break;
    }
    default:
      throw new Error('usage: node tools/kube/main.ts up | down | load ARCHIVE… | on-node NODE -- COMMAND…');
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
