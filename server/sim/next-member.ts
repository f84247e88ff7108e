/** Runs a member of the release that will follow this one, with a feature level of its own (next-build.ts); takes the flags and the file that `rookery-server` takes. */
import { runMember } from '../src/run-member.ts';
import { NEXT_BUILD } from './next-build.ts';

runMember(process.argv.slice(2), NEXT_BUILD);
