import type { PlantedBug } from '../../../testkit/src/planted-bug.ts';

const bug = (name: string, file: string, find: string, replace: string): PlantedBug => ({
  name,
  file: `server/src/storage/${file}`,
  find,
  replace,
});

/** Changes of the sources that lose data. */
export const plantedBugs: readonly PlantedBug[] = [
  bug(
    'the folder is not synced after a segment got its name',
    'log/segment-file.ts',
    '  await disk.rename(prepared.name, name);\n  await disk.syncFolder(LOG_FOLDER);',
    '  await disk.rename(prepared.name, name);',
  ),
  bug(
    'the header of a segment is not synced before it gets its name',
    'log/segment-file.ts',
    '  await prepared.write(bytes, 0);\n  await prepared.sync();',
    '  await prepared.write(bytes, 0);',
  ),
  bug(
    'the copy of the unsealed segment is not synced',
    'log/log-recovery.ts',
    '    await file.sync();\n    await disk.rename(PREPARED_NAME, segment.name);',
    '    await disk.rename(PREPARED_NAME, segment.name);',
  ),
  bug(
    'the unsealed segment is used as it was found',
    'log/log-recovery.ts',
    'const copy = await copySegment(parts, file, segment, scanner.nextOffset, additions);',
    'const copy = additions.length > 0 ? await copySegment(parts, file, segment, scanner.nextOffset, additions) : { file: await disk.open(segment.name), sizeBytes: await file.size(), position: scanner.nextOffset };',
  ),
  bug(
    'a Write is acknowledged before it is durable',
    'log/log.ts',
    'this.#file.append(this.#writer.bytes, this.#writer.length, this.#position, this.#appended);',
    'this.#file.append(this.#writer.bytes, this.#writer.length, this.#position, () => undefined); this.#appended(undefined);',
  ),
  bug(
    'a failed sync is tried again',
    'log/log.ts',
    "      this.#done!(diskFailed('appending to the log', this.#segments.at(-1)!.name, error));\n      return;",
    '      this.#file.sync().then(() => this.#appended(undefined));\n      return;',
  ),
  {
    name: 'checksums are not chained',
    file: 'server/src/storage/log/record.ts',
    find: 'crc32c(writer.bytes, start + 4, writer.length, chain)',
    replace: 'crc32c(writer.bytes, start + 4, writer.length, chain & 0)',
    also: [
      {
        file: 'server/src/storage/log/record-scanner.ts',
        find: 'crc32c(this.#buffer, at + 4, at + bytes, this.chain)',
        replace: 'crc32c(this.#buffer, at + 4, at + bytes, 0)',
      },
    ],
  },
  bug('a replaced tail comes back at the next start', 'log/log-replay.ts', '    this.#cutFrom(first);\n', ''),
  bug(
    'a replaced tail is read from the log',
    'log/log-index.ts',
    '    if (truncates) this.#truncateFrom(firstIndex);\n',
    '',
  ),
  bug(
    'a new segment does not repeat the suspicion',
    'log/log.ts',
    '      suspect: state.suspect,',
    '      suspect: false,',
  ),
  bug(
    'a torn tail is cut without a mark',
    'log/log-recovery.ts',
    '    replay.state.suspect = true;\n',
    '    additions.clear();\n      chain = scanner.chain;\n',
  ),
  bug(
    'the mark of a torn tail is kept in memory only, to be written later',
    'log/log-recovery.ts',
    '    replay.state.suspect = true;\n',
    '    replay.state.suspect = true;\n    additions.clear();\n      chain = scanner.chain;\n',
  ),
  bug(
    'a segment too many is purged',
    'log/log.ts',
    'this.#segments[1]!.firstIndex <= index + 1',
    'this.#segments[1]!.firstIndex <= index + 9',
  ),
  bug(
    'purged segments that come back are taken for a part of the log',
    'opening.ts',
    'segments: isCovered ? connected : segments,',
    'segments,',
  ),
  bug(
    'a snapshot gets its name before it is synced',
    'snapshot/snapshot-writer.ts',
    '    await withRoom(this.name, () => this.#file.sync());\n    await this.close();',
    '    await this.close();',
  ),
  bug(
    'a snapshot counts before its name is durable',
    'snapshot/snapshot-shelf.ts',
    '    await this.#disk.rename(temporaryName, name);\n    await this.#disk.syncFolder(MEMBER_FOLDER);',
    '    await this.#disk.rename(temporaryName, name);',
  ),
  bug(
    'a log that does not continue the snapshot is kept',
    'log/log-recovery.ts',
    'return replay.termAt(snapshot.index) === snapshot.term;',
    'return true;',
  ),
  bug('the identity is not synced', 'member/sealed-file.ts', '    await file.sync();\n', ''),
  bug(
    'the name of a snapshot that a start finds is trusted',
    'opening.ts',
    '  await shelf.renewName();\n',
    '',
  ),
  bug(
    'the name of the identity that a start finds is trusted',
    'opening.ts',
    '  await writeIdentityFile(disk, identity);\n',
    '',
  ),
  bug(
    'term and vote are not synced',
    'member/hard-state-file.ts',
    'this.#file.append(writer.bytes, SLOT_RECORD_BYTES, slotOffset(this.#sequence), this.#appended);',
    'this.#file.write(writer.bytes.slice(0, SLOT_RECORD_BYTES), slotOffset(this.#sequence)).then(() => this.#appended(undefined), this.#appended);',
  ),
  {
    name: 'the hard state file that a start finds is trusted',
    file: 'server/src/storage/opening.ts',
    find: 'const votes = await replaceHardStateFile(',
    replace:
      'const votes = vote !== undefined && !vote.isDoubtful ? new HardStateFile(await disk.open(HARD_STATE_NAME), identity, vote) : await replaceHardStateFile(',
    also: [
      {
        file: 'server/src/storage/opening.ts',
        find: '  type HardStateFile,\n',
        replace: '  HardStateFile,\n',
      },
    ],
  },
  bug(
    'votes are written over one another',
    'member/hard-state-file.ts',
    '(sequence % 2) * SLOT_BYTES',
    'SLOT_BYTES',
  ),
  bug(
    'the older vote counts',
    'member/hard-state-file.ts',
    'slots.sort((a, b) => b.sequence - a.sequence);',
    'slots.sort((a, b) => a.sequence - b.sequence);',
  ),
  bug(
    'a vote that may be lost is of no consequence',
    'opening.ts',
    'doubt: vote?.isDoubtful ? doubtfulVote : undefined,',
    'doubt: undefined,',
  ),
  bug(
    'a new segment is not noted before its first record',
    'log/log.ts',
    '    await this.#votes.beganSegment(sequence);\n',
    '',
  ),
  bug(
    'term and vote are not synced before what depends on them',
    'log/log.ts',
    'else this.#votes.write(write.hardState, this.#voted);',
    'else { this.#votes.write(write.hardState, () => undefined); this.#appendRecords(); }',
  ),
  bug(
    'a Write is acknowledged beside a failure',
    'storage.ts',
    'done(this.#latch.failure ?? error);',
    'done(error);',
  ),
];
