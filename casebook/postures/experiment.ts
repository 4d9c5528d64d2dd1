import {
  type Experiment,
  FOUR_POSTURES,
  MINIATURES,
  type Placement,
  placementExperiment,
  POSTURE_DEFECTS,
  POSTURE_SERVICES,
  serviceExperiment,
} from 'holdfast';

function miniature(name: string): Placement {
  const found = MINIATURES.find((each) => each.name === name);
  if (found === undefined) throw new RangeError(`Cannot find the miniature '${name}': there is none`);
  return found;
}

const all = [...FOUR_POSTURES, ...MINIATURES];

/** Every placement under the letters that its setting has. */
const placed: Readonly<Record<string, Experiment>> = Object.fromEntries(
  all.map((placement) => [placement.name, placementExperiment(placement)]),
);

/** The services, and each of their settings that does not do what is declared. */
const services: Readonly<Record<string, Experiment>> = Object.fromEntries([
  ...POSTURE_SERVICES.map(({ name }) => [name, serviceExperiment(name)]),
  ...Object.keys(POSTURE_DEFECTS).map((defect) => [
    defect,
    serviceExperiment(defect.split('-')[0] ?? '', defect),
  ]),
]);

const experiments = {
  // One replica writes and one reads, and somebody says that this is consistent.
  wrong: placementExperiment(miniature('dynamo-cassandra'), 'PC/EC'),
  better: placementExperiment(miniature('cassandra-quorum')),
  'mongodb-as-a-label': placementExperiment(miniature('mongodb-w1-primary'), 'PC/EC'),
  ...placed,
  ...services,
};

export default experiments;
