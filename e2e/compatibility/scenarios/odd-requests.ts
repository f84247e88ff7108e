import { check, create, exists, getAllChildrenNumber, getData, raw, setData } from '../requests.ts';
import { ann, bob, scenario } from '../scenario.ts';

/** Requests that are answered though they are not quite what they should be. */
export const oddRequests = [
  scenario(
    'odd/operations that nobody has',
    ann.connects(),
    ann.sends(create('/a', 'x')),
    ann.sends(raw('exists', [{ path: '/a' }], 77)),
    ann.isClosed(),
    bob.connects(),
    bob.sends(check('/a', 0)),
    bob.isClosed(),
  ),
  scenario(
    'odd/an operation of the server itself',
    ann.connects(),
    ann.sends(create('/a', 'x')),
    ann.sends(raw('deleteContainer', [{ path: '/a' }])),
    ann.sends(getData('/a')),
  ),
  scenario(
    'odd/fields behind the last one',
    ann.connects(),
    ann.sends(create('/a', 'x')),
    ann.sends(raw('getData', [{ path: '/a' }, { bool: false }, { long: 77 }])),
    ann.sends(raw('exists', [{ path: '/a' }, { bool: false }, { text: 'more' }])),
    ann.sends(raw('setData', [...setData('/a', 'y').parts, { int: 1 }])),
    ann.sends(getData('/a')),
  ),
  scenario(
    'odd/messages as large as may be, and larger',
    ann.connects(),
    ann.sends(create('/a')),
    ann.sends(setData('/a', 'x'.repeat(1_040_000))),
    ann.sends(getData('/a')),
    ann.sends(setData('/a', 'x'.repeat(1_048_600))),
    ann.isClosed(),
  ),
  scenario(
    'odd/SASL where nobody has set it up',
    ann.connects(),
    ann.sends(raw('sasl', [{ bytes: Buffer.from('token') }])),
    ann.sends(exists('/')),
  ),
  scenario(
    'odd/reads without a path',
    bob.connects(),
    bob.sends(raw('exists', [{ text: null }, { bool: false }])),
    bob.sends(exists('/')),
  ),
  scenario(
    'counts/all below a node',
    ann.connects(),
    ann.sends(getAllChildrenNumber('/')),
    ann.sends(create('/a'), create('/a/b'), create('/a/b/c'), create('/ab')),
    ann.sends(getAllChildrenNumber('/')),
    ann.sends(getAllChildrenNumber('/a')),
    ann.sends(getAllChildrenNumber('/ab')),
    ann.sends(getAllChildrenNumber('/none')),
  ),
  scenario(
    'reconfig/is switched off',
    ann.connects(),
    ann.sends(create('/a')),
    ann.sends(raw('reconfig', [{ text: null }, { text: '1' }, { text: null }, { long: -1 }])),
  ),
];
