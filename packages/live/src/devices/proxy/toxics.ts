import { LiveError } from '../../errors.ts';

/** What a toxic does to one direction of a proxied connection; names and attributes are Toxiproxy's, times in milliseconds. */
export type ToxicKind =
  | { readonly type: 'latency'; readonly attributes: { readonly latency: number; readonly jitter?: number } }
  | {
      readonly type: 'bandwidth';
      readonly attributes: { /** Kilobytes per second. */ readonly rate: number };
    }
  | { readonly type: 'slow_close'; readonly attributes: { readonly delay: number } }
  | { readonly type: 'timeout'; readonly attributes: { /** 0 never closes. */ readonly timeout: number } }
  | { readonly type: 'reset_peer'; readonly attributes: { readonly timeout: number } }
  | {
      readonly type: 'slicer';
      readonly attributes: {
        readonly average_size: number;
        /** How much larger or smaller a slice may be. */
        readonly size_variation?: number;
        /** Microseconds between slices. */
        readonly delay?: number;
      };
    }
  | { readonly type: 'limit_data'; readonly attributes: { readonly bytes: number } }
  | {
      readonly type: 'packet_loss';
      readonly attributes: {
        /** Share of the pieces that are left out of the stream, from 0 to 1. */
        readonly loss_rate: number;
        /** Added to that for the piece behind one that was left out. */
        readonly correlation?: number;
      };
    };

/** A toxic in force. */
export type Toxic = ToxicKind & {
  readonly name: string;
  /** `downstream` is from the server to the client. */
  readonly stream: 'upstream' | 'downstream';
  /** Share of connections it strikes, from 0 to 1; all unless told otherwise. */
  readonly toxicity?: number;
};

/** Every type of toxic, and its attributes: those that must be given first. */
export const TOXIC_ATTRIBUTES: Readonly<Record<Toxic['type'], readonly string[]>> = {
  latency: ['latency', 'jitter'],
  bandwidth: ['rate'],
  slow_close: ['delay'],
  timeout: ['timeout'],
  reset_peer: ['timeout'],
  slicer: ['average_size', 'size_variation', 'delay'],
  limit_data: ['bytes'],
  packet_loss: ['loss_rate', 'correlation'],
};

const TYPES = Object.keys(TOXIC_ATTRIBUTES);

/** Throws `LiveError` unless a toxic is of a known type with numbers in range. */
export function assertToxic(toxic: Toxic): void {
  const refuse = (what: string, mend: string): never => {
    throw new LiveError('BAD_FILE', `Cannot use the toxic '${toxic.name}': ${what}`, mend, toxic);
  };
  if (!TYPES.includes(toxic.type)) refuse(`its type is '${toxic.type}'`, `use one of ${TYPES.join(', ')}`);
  if (toxic.stream !== 'upstream' && toxic.stream !== 'downstream')
    refuse('it has no stream', 'say upstream or downstream');
  const { toxicity = 1 } = toxic;
  if (!(toxicity >= 0 && toxicity <= 1)) refuse(`its toxicity is ${toxicity}`, 'give a share from 0 to 1');
  for (const [name, value] of Object.entries(toxic.attributes)) {
    if (typeof value !== 'number' || !(value >= 0))
      refuse(`${name} is ${String(value)}`, 'give a number from 0');
  }
}
