import { describe, expect, test } from 'vitest';
import type { Command } from '../../clients/zkcli/dialogue.ts';
import { commandsOfHelp, firstWrongAnswer, notTogether } from '../../clients/zkcli/judge.ts';

const dialogue: readonly Command[] = [
  { command: 'create /a x', answer: /^Created \/a$/m },
  { command: 'set /a y', event: /NodeDataChanged path:\/a/ },
  { command: 'get /a', answer: /^y$/m },
  { command: 'delete /a', event: /NodeDeleted path:\/a/ },
];
const event = (text: string): string =>
  `\nWATCHER::\n\nWatchedEvent state:SyncConnected type:${text} zxid: 7\n`;
const CHANGED = event('NodeDataChanged path:/a');
const DELETED = event('NodeDeleted path:/a');

describe('what zkCli printed', () => {
  test('is right with every answer and event in order, and with events anywhere between the answers', () => {
    expect(firstWrongAnswer(dialogue, `Created /a\n${CHANGED}y\n${DELETED}`)).toBeUndefined();
    expect(firstWrongAnswer(dialogue, `Created /a\ny\n${CHANGED}${DELETED}`)).toBeUndefined();
  });

  test.each([
    ['without an answer', `Created /a\n${CHANGED}${DELETED}`, 'get /a'],
    ['with an answer before that of the command in front', `y\nCreated /a\n${CHANGED}${DELETED}`, 'get /a'],
    ['with another answer', `Created /b\n${CHANGED}y\n${DELETED}`, 'create /a x'],
    ['without an event', `Created /a\ny\n${DELETED}`, 'set /a y'],
    ['with events in another order', `Created /a\ny\n${DELETED}${CHANGED}`, 'delete /a'],
  ])('is wrong %s', (_, output, command) => {
    expect(firstWrongAnswer(dialogue, output)).toContain(`"${command}"`);
  });
});

describe('the commands of the help', () => {
  const help =
    'ZooKeeper -server host:port cmd args\n\tcreate [-s] path\n\tdelete path\n\tget path\n\tset path data\n';

  test('have all to be there, and no others', () => {
    expect(notTogether(commandsOfHelp(help), dialogue)).toEqual([]);
    expect(notTogether(commandsOfHelp(`${help}\tnew path\n`), dialogue)).toEqual(['new']);
    expect(notTogether(commandsOfHelp(help), dialogue.slice(1))).toEqual(['create']);
  });
});
