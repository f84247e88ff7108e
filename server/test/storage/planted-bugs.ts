/** A change of the sources that loses data. Each `find` occurs exactly once in its file. */
export interface PlantedBug {
  readonly name: string;
  readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
}

const bug = (name: string, file: string, find: string, replace: string): PlantedBug => ({
  name,
  edits: [{ file, find, replace }],
});

export const plantedBugs: readonly PlantedBug[] = [
  bug(
    'the folder is not synced after a segment got its name',
    'segment-file.ts',
    '  await disk.rename(prepared.name, name);\n  await disk.syncFolder(logFolder);',
    '  await disk.rename(prepared.name, name);',
  ),
  bug(
    'the header of a segment is not synced before it gets its name',
    'segment-file.ts',
    '  await prepared.write(bytes, 0);\n  await prepared.sync();',
    '  await prepared.write(bytes, 0);',
  ),
  bug(
    'the copy of the unsealed segment is not synced',
    'log-recovery.ts',
    '  await file.sync();\n  await disk.rename(preparedName, segment.name);',
    '  await disk.rename(preparedName, segment.name);',
  ),
  bug(
    'the unsealed segment is used as it was found',
    'log-recovery.ts',
    'const copy = await copySegment(parts, file, segment, scanner.nextOffset, additions.take());',
    'const copy = additions.length > 0 ? await copySegment(parts, file, segment, scanner.nextOffset, additions.take()) : { file, sizeBytes: await file.size(), position: scanner.nextOffset };',
  ),
  bug(
    'a Write is acknowledged before it is durable',
    'log.ts',
    'this.file.append(this.writer.bytes, this.writer.length, this.position, this.appended);',
    'this.file.append(this.writer.bytes, this.writer.length, this.position, () => undefined); this.appended(undefined);',
  ),
  bug(
    'a failed sync is tried again',
    'log.ts',
    "      done(diskFailed('appending to the log', this.segments.at(-1)!.name, error));\n      return;",
    '      this.file.sync().then(() => this.appended(undefined));\n      return;',
  ),
  {
    name: 'checksums are not chained',
    edits: [
      {
        file: 'record.ts',
        find: 'crc32c(writer.bytes, start + 4, writer.length, chain)',
        replace: 'crc32c(writer.bytes, start + 4, writer.length, chain & 0)',
      },
      {
        file: 'record-scanner.ts',
        find: 'crc32c(this.buffer, at + 4, at + bytes, this.chain)',
        replace: 'crc32c(this.buffer, at + 4, at + bytes, 0)',
      },
    ],
  },
  bug('a replaced tail comes back at the next start', 'log-replay.ts', '    this.cutFrom(first);\n', ''),
  bug(
    'a replaced tail is read from the log',
    'log-index.ts',
    '    if (truncates) this.truncateFrom(firstIndex);\n',
    '',
  ),
  bug(
    'a new segment does not repeat the hard state',
    'log.ts',
    '      hardState: state.hardState,\n      suspect: state.suspect,',
    '      hardState: { term: 0, vote: 0 },\n      suspect: state.suspect,',
  ),
  bug(
    'a new segment does not repeat the suspicion',
    'log.ts',
    '      hardState: state.hardState,\n      suspect: state.suspect,',
    '      hardState: state.hardState,\n      suspect: false,',
  ),
  bug(
    'a torn tail is cut without a mark',
    'log-recovery.ts',
    '      replay.state.suspect = true;\n',
    '      additions.clear();\n      chain = scanner.chain;\n',
  ),
  bug(
    'the mark of a torn tail is kept in memory only, to be written later',
    'log-recovery.ts',
    '      replay.state.suspect = true;\n',
    '      replay.state.suspect = true;\n      additions.clear();\n      chain = scanner.chain;\n',
  ),
  bug(
    'a segment too many is purged',
    'log.ts',
    'this.segments[1]!.firstIndex <= index + 1',
    'this.segments[1]!.firstIndex <= index + 9',
  ),
  bug(
    'purged segments that come back are taken for a part of the log',
    'opening.ts',
    'segments: isCovered ? connected : segments,',
    'segments,',
  ),
  bug(
    'a snapshot gets its name before it is synced',
    'snapshot-writer.ts',
    '    await withRoom(this.name, () => this.file.sync());\n    await this.close();',
    '    await this.close();',
  ),
  bug(
    'a snapshot counts before its name is durable',
    'snapshot-shelf.ts',
    '    await this.disk.rename(temporaryName, name);\n    await this.disk.syncFolder(memberFolder);',
    '    await this.disk.rename(temporaryName, name);',
  ),
  bug(
    'a log that does not continue the snapshot is kept',
    'log-recovery.ts',
    'return replay.termAt(snapshot.index) === snapshot.term;',
    'return true;',
  ),
  bug('the identity is not synced', 'sealed-file.ts', '    await file.sync();\n', ''),
  bug(
    'the name of a snapshot that a start finds is trusted',
    'opening.ts',
    '  await shelf.renewName();\n',
    '',
  ),
  bug(
    'the name of the identity that a start finds is trusted',
    'identity-file.ts',
    '  await replaceSealedFile(disk, memberFolder, identityName, identityFormat, content);\n',
    '',
  ),
  bug(
    'a Write is acknowledged beside a failure',
    'storage.ts',
    'done(this.latch.failure ?? error);',
    'done(error);',
  ),
];
