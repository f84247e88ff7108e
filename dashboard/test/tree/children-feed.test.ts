import { expect, test, vi } from 'vitest';
import { Refused } from '../../shell/feed.js';
import type { Shell } from '../../shell/shell.js';
import { childrenFeed } from '../../tree/children-feed.js';
import { MOST_SORTED } from '../../tree/level.js';
import { TreeModel } from '../../tree/tree-model.js';

const PAGE = 1000;

/** A member with so many children below the root, in no order; `after` is where the next page begins. */
function member(total: number, refuse: (asked: number) => Refused | undefined = () => undefined) {
  const addresses: string[] = [];
  const call = async (address: string) => {
    addresses.push(address);
    const refusal = refuse(addresses.length);
    if (refusal !== undefined) throw refusal;
    const from = Number(/after=(\d+)/.exec(address)?.[1] ?? 0);
    const to = Math.min(total, from + PAGE);
    const names = Array.from(
      { length: to - from },
      (_, at) => `n${String(total - from - at).padStart(7, '0')}`,
    );
    const stat = { numChildren: total, pzxid: 1, ephemeralOwner: '0x0', dataLength: 0 };
    return {
      stat,
      children: names.map((name) => ({ name, stat })),
      next: to === total ? null : `/window/v1/nodes/?after=${to}`,
    };
  };
  return { addresses, shell: { call } as unknown as Shell };
}

function feedOf(shell: Shell, model: TreeModel) {
  const ending = new AbortController();
  const onChange = vi.fn();
  return {
    feed: childrenFeed(shell, model, ending.signal, onChange),
    ending,
    onChange,
    root: model.levelOf('/')!,
  };
}

test('few children are all asked for, page by page, and stand sorted', async () => {
  const { addresses, shell } = member(2500);
  const model = new TreeModel();
  const { feed, root } = feedOf(shell, model);
  await feed.want(root, 0);
  expect(addresses).toEqual([
    '/window/v1/nodes/?children&stat&limit=1000',
    '/window/v1/nodes/?after=1000',
    '/window/v1/nodes/?after=2000',
  ]);
  expect([root.state, model.rowAt(1).path, model.rowAt(2500).path]).toEqual([
    'whole',
    '/n0000001',
    '/n0002500',
  ]);
});

test('of many children as many are asked for as are looked at, and some more', async () => {
  const { addresses, shell } = member(100_000);
  const model = new TreeModel();
  const { feed, root } = feedOf(shell, model);
  await feed.want(root, 0);
  expect(addresses).toHaveLength(2);
  await feed.want(root, 5000);
  expect([addresses.length, root.entries.length, root.state]).toEqual([7, 7000, 'coming']);
  expect(model.rowAt(1).path).toBe('/n0100000');
});

test('whoever wants more of a level that is being asked for is waited for by the same questions', async () => {
  const { addresses, shell } = member(100_000);
  const model = new TreeModel();
  const { feed, root } = feedOf(shell, model);
  await Promise.all([feed.want(root, 0), feed.want(root, 8000), feed.want(root, 10)]);
  expect([addresses.length, new Set(addresses).size, root.entries.length]).toEqual([10, 10, 10_000]);
});

test('no more are asked for once no more may be held', async () => {
  const { addresses, shell } = member(MOST_SORTED + 5000);
  const model = new TreeModel(2500);
  const { feed, root } = feedOf(shell, model);
  await feed.want(root, 1e6);
  expect([addresses.length, model.held, root.state]).toEqual([3, 2500, 'full']);
  await feed.want(root, 1e6);
  expect(addresses).toHaveLength(3);
});

test('where the place in the tree of the member is lost, it begins again, and no child stands twice', async () => {
  const lost = new Refused('CURSOR_LOST', 'begin again', '', 410);
  const { addresses, shell } = member(2500, (asked) => (asked === 3 ? lost : undefined));
  const model = new TreeModel();
  const { feed, root } = feedOf(shell, model);
  await feed.want(root, 0);
  expect([addresses.length, root.state, model.rows]).toEqual([6, 'whole', 2501]);
});

test('a member that loses it again and again is not asked for ever', async () => {
  const lost = new Refused('CURSOR_LOST', 'the children cannot be gone on with', '', 410);
  const { addresses, shell } = member(2500, () => lost);
  const { feed, root } = feedOf(shell, new TreeModel());
  await feed.want(root, 0);
  expect([addresses.length, root.state, root.problem]).toEqual([
    3,
    'refused',
    'the children cannot be gone on with.',
  ]);
});

test('what may not be read says so in its row', async () => {
  const { shell } = member(1, () => new Refused('NO_AUTH', 'the access list does not allow it', '', 403));
  const model = new TreeModel();
  const { feed, root, onChange } = feedOf(shell, model);
  await feed.want(root, 0);
  expect([root.problem, model.rowAt(1).kind, onChange.mock.calls.length]).toEqual([
    'the access list does not allow it.',
    'said',
    1,
  ]);
});

test('nothing more is asked for once the view has ended', async () => {
  const ended = member(100_000, (asked) => {
    if (asked === 2) ending.abort();
    return undefined;
  });
  const { feed, ending, root } = feedOf(ended.shell, new TreeModel());
  await feed.want(root, 50_000);
  expect(ended.addresses).toHaveLength(2);
});
