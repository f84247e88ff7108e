/** Keeps what this operator makes of clusters, under the version that is being released: `released.test.ts` holds all later ones to it. */
import { keepPodsOfRelease } from './released-pods.ts';

const [version = ''] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error('which version is released? Write x.y.z');
keepPodsOfRelease(version);
