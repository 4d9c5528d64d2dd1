/** Public outages by their published reports: what set them off, what made them long, and what they show. */
export const OUTAGES: readonly (readonly [
  outage: string,
  trigger: string,
  long: string,
  concepts: readonly string[],
])[] = [
  [
    'GitHub, 21 October 2018',
    'maintenance cut the network between two sites for 43 seconds; software failed databases over to the other site',
    'both sites held writes the other lacked; restores and replicas took more than 24 hours',
    ['network partition', 'failover', 'split brain', 'slow recovery'],
  ],
  [
    'Amazon S3, 28 February 2017',
    'a command of a playbook removed more servers than was meant',
    'two subsystems had to be restarted whole, which had not been done for years',
    ['operator error', 'cascading failure', 'slow recovery'],
  ],
  [
    'Cloudflare, 2 July 2019',
    'a rule with an expensive pattern went to all places at once',
    'processors were exhausted everywhere, also for those who were to undo it',
    ['overload', 'change without stages'],
  ],
  [
    'Facebook, 4 October 2021',
    'a command took down the backbone; name servers that lost it withdrew their routes',
    'tools and doors depended on the network that was gone',
    ['operator error', 'cascading failure', 'circular dependency'],
  ],
  [
    'Roblox, 28 October 2021',
    'contention in the consensus-backed service registry under load',
    'monitoring depended on the registry; caches came back cold',
    ['overload', 'quorum loss', 'circular dependency', 'slow recovery'],
  ],
];
