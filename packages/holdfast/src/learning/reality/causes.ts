/** Something that may have happened when no answer came, and the words by which it is told. All patterns must be in the text. */
interface Cause {
  readonly name: string;
  readonly words: readonly RegExp[];
}

const LOST = /\blos[et]|\bdrop|never (arriv|reach|came|come)|\bgone\b|vanish|discard|missing/;
const REQUEST = /request|call\b|question|way there|message to|packet to|\bquery\b/;
const ANSWER = /answer|reply|replies|response|acknowledg|\back\b|way back/;
const CRASH = /crash|died|dies\b|\bdead\b|killed|power|reboot|restart|went down|goes down|is down/;
const AFTER = /\bafter|once it had|having (done|carried)|before (it )?(could )?(answer|repl|respond)/;
const SLOW = /\bslow|overload|busy|long time|behind|\bload\b|saturat|throttl/;
const NETWORK = /network|link|route|\bwire|congest|packet|switch/;

/** The first that fits is meant: the narrower ones come first. */
const CAUSES: readonly Cause[] = [
  {
    name: 'the caller itself stood still',
    words: [
      /caller|client|own (process|clock|host)|\bmy\b|\bwe\b/,
      /paus|slow|stood|sleep|clock|busy|suspend/,
    ],
  },
  {
    name: 'the request never left',
    words: [
      /never (sent|left)|not sent|still in the (caller|client)|own (queue|buffer|pool)|send buffer|connection pool/,
    ],
  },
  {
    name: 'the name or address was wrong',
    words: [/\bdns\b|name resol|wrong (address|host|port)|stale address|moved/],
  },
  {
    name: 'the connection was refused or filtered',
    words: [/firewall|filter|\bnat\b|refus|reset|certificate|\btls\b/],
  },
  { name: 'the server crashed after it did the work', words: [CRASH, AFTER] },
  { name: 'the server crashed before it did anything', words: [CRASH] },
  { name: 'the answer was late', words: [ANSWER, /delay|late\b|slow|queued/] },
  { name: 'the request was late', words: [REQUEST, /delay|late\b|queued (in|on) the (network|way|link)/] },
  { name: 'the answer was lost', words: [ANSWER, LOST] },
  { name: 'the request was lost', words: [REQUEST, LOST] },
  {
    name: 'one way was cut and the other not',
    words: [/one.?way|asymmetric|one direction|only (one|that) direction/],
  },
  { name: 'a partition cut them off', words: [/partition|cut off|unreachable|split|unplug|\bcable/] },
  {
    name: 'the server was paused',
    words: [/\bgc\b|garbage|paus|suspend|stop.the.world|migrat|frozen|freez|asleep|sleep/],
  },
  { name: 'the server hung in a lock', words: [/deadlock|\block(ed)?\b|\bhang|\bhung|stuck|infinite loop/] },
  {
    name: 'something behind the server did not answer',
    words: [/depend|database|downstream|behind (it|the server)|disk|third party|upstream|storage/],
  },
  { name: 'the request waited in a queue', words: [/queue|backlog/] },
  { name: 'the network was slow', words: [NETWORK, /slow|delay|latenc|congest|late\b/] },
  { name: 'the server was slow', words: [SLOW] },
  { name: 'the answer was damaged', words: [/corrupt|damag|garbl|checksum/] },
  { name: 'the server refused to answer', words: [/shed|reject|rate limit|ignored|silently/] },
];

/** What may have happened, by a learner's own words; undefined for words that are not understood. */
export function causeOf(text: string): string | undefined {
  const plain = text.toLowerCase();
  return CAUSES.find(({ words }) => words.every((word) => word.test(plain)))?.name;
}

/** How many causes are known by their words. */
export const KNOWN_CAUSES: number = CAUSES.length;
