// Prints digest, status and reasons of the flagship's first seeds as JSON: to be run as a process of its own.
import { flagship, simulate } from 'holdfast';

const experiment = flagship('raft-majority');
const seeds = Array.from({ length: Number(process.argv[2]) }, (_, seed) => seed);
const runs = seeds.map((seed) => {
  const { digest, status, verdicts } = simulate(experiment, seed);
  return { digest, status, reasons: verdicts.map(({ reason }) => reason) };
});
console.log(JSON.stringify(runs));
