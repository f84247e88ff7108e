#!/usr/bin/env node
/*
 * What npm puts on the PATH. It looks at Node before it loads the command, in a syntax that every Node reads; and at the name that it was called by, for
 * kubectl calls its plugins by theirs. cli/bin/rookery does the same in a checkout.
 */
const { basename } = require('node:path');

const OLDEST = 22;
const words = {
  'kubectl-rookery': ['kubectl'],
  'kubectl_complete-rookery': ['__complete-kubectl', '--'],
};

if (Number(process.versions.node.split('.')[0]) < OLDEST) {
  process.stderr.write(
    `rookery: this is Node ${process.versions.node} (${process.execPath}), and it needs version ${OLDEST} or newer\n`,
  );
  process.exitCode = 5;
} else {
  const called = words[basename(process.argv[1] || '')];
  if (called !== undefined) process.argv.splice(2, 0, ...called);
  import('../dist/rookery.mjs');
}
