// Prints the digest of one gossip run per line, for the seeds 0 to the given number less one: to be run as a process of its own.
import { gossip } from './gossip.ts';

const seeds = Number(process.argv[2]);
for (let seed = 0; seed < seeds; seed++) console.log(gossip({ seed }).digest.text());
