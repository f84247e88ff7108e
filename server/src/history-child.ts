/**
 * Answers one question about the past, in a process of its own: what it reads, and the tree that it makes of it, are not the member's, and neither is
 * its time. The question comes as JSON over stdin, the answer goes line by line to stdout; the last line is `end`, or says why there is no more.
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { HistoryRefusal } from './errors/error-codes.ts';
import { answer } from './history/answer.ts';
import { HistoryError } from './history/history-error.ts';
import { answerLine, type Question } from './history/question.ts';
import { listRetained } from './history/retained-files.ts';
import { FolderDisk } from './platform/disk.ts';
import { THIS_BUILD } from './replica/build.ts';
import { readIdentityFile } from './storage/member/identity-file.ts';

/** The member's own work comes first, and where memory ends this process does. */
function stepBack(): void {
  try {
    os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL);
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // It is not everywhere that this can be said.
  }
}

async function readQuestion(): Promise<Question> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk;
  return JSON.parse(text) as Question;
}

async function* lines(): AsyncGenerator<string, void> {
  try {
    const question = await readQuestion();
    const disk = FolderDisk.readOnly(question.dataDir);
    const { dataLogDir } = question;
    const logDisk = dataLogDir === question.dataDir ? disk : FolderDisk.readOnly(dataLogDir);
    const found = await readIdentityFile(disk);
    if (found === undefined) throw new HistoryError(HistoryRefusal.gone, 'this member has no data yet');
    const files = await listRetained(disk, logDisk);
    yield* answer(question, { files, identity: found.identity, build: THIS_BUILD });
  } catch (error) {
    const { message } = error as Error;
    const code = error instanceof HistoryError ? error.code : HistoryRefusal.damaged;
    const earliest = error instanceof HistoryError ? error.earliest : undefined;
    const reach =
      earliest === undefined
        ? ''
        : `; the earliest moment known here is 0x${earliest.zxid.toString(16)}, of ${new Date(earliest.timeMs).toISOString()}`;
    yield answerLine('', { type: 'error', code, message: `${message}${reach}` });
  }
}

stepBack();
for await (const line of lines()) {
  if (!process.stdout.write(line)) await once(process.stdout, 'drain');
}
