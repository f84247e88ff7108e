import { installTools } from '../../tools/kube/tools.ts';

/** Before all tests, once: two of them that fetched helm at the same time would be in each other's way. */
export default async function fetchHelm(): Promise<void> {
  await installTools((line) => process.stdout.write(`${line}\n`));
}
