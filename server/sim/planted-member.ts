/** Runs a member of a release that makes another tree of some writes (planted-build.ts); takes the flags and the file that `rookery-server` takes. */
import { runMember } from '../src/run-member.ts';
import { PLANTED_BUILD } from './planted-build.ts';

runMember(process.argv.slice(2), PLANTED_BUILD);
