// The window: its views, each of which is loaded when it is first opened.

import { startShell } from './shell/shell.js';

startShell([
  {
    name: 'ensemble',
    title: 'Ensemble',
    key: 'e',
    needsRead: false,
    load: () => import('./ensemble/view.js'),
  },
  { name: 'tree', title: 'Tree', key: 't', needsRead: true, load: () => import('./tree/view.js') },
  {
    name: 'sessions',
    title: 'Sessions',
    key: 's',
    needsRead: true,
    load: () => import('./sessions/view.js'),
  },
  { name: 'watch', title: 'Watch', key: 'w', needsRead: true, load: () => import('./watch/view.js') },
]);
