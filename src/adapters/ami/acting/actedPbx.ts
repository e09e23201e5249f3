import type { Micros } from '../../../domain/time.ts';
import { Counters } from './channel.ts';
import { inbound } from './inboundCall.ts';
import { outbound } from './outboundCall.ts';
import type { Act } from './ringing.ts';
import type { Scene } from './scene.ts';
import { type SaidFrame, Stage } from './stage.ts';

/** Frames of one step of a call stand so far from each other. */
const FRAME_MICROS = 137;

type Going = { readonly act: Act; readonly at: number; readonly begins: Scene | null };

/** A PBX that acts calls out: several at once, their frames in the order of their time, no two at the same microsecond. */
export class ActedPbx {
  readonly #counters = new Counters();
  readonly #stage: Stage;
  #going: Going[] = [];
  #clock = 0;
  #said: SaidFrame[] = [];
  readonly #onBegun: (scene: Scene, linkedid: string) => void;

  /** `onBegun` is told under which Linkedid a call begins. */
  constructor(onBegun: (scene: Scene, linkedid: string) => void = () => {}) {
    this.#onBegun = onBegun;
    const now = () => this.#clock as Micros;
    this.#stage = new Stage(this.#counters, now, (frame) => {
      this.#said.push(frame);
      this.#clock += FRAME_MICROS;
    });
  }

  /** Begins a call at its time, which lies after all that was said. */
  begin(scene: Scene): void {
    const act = scene.kind === 'inbound' ? inbound(this.#stage, scene) : outbound(this.#stage, scene);
    this.#put({ act, at: scene.startsAt, begins: scene });
  }

  /** When the PBX has something to say next; null: no call is under way. */
  nextAt(): Micros | null {
    return (this.#going[0]?.at ?? null) as Micros | null;
  }

  /** What it says then. */
  goOn(): readonly SaidFrame[] {
    const next = this.#going.shift();
    if (next === undefined) return [];
    this.#clock = Math.max(this.#clock, next.at);
    this.#said = [];
    if (next.begins !== null) this.#onBegun(next.begins, this.#counters.nextUniqueid(this.#clock as Micros));
    const step = next.act.next();
    const at = Math.round(this.#clock + (step.done === true ? 0 : step.value) * 1_000_000);
    if (step.done !== true) this.#put({ act: next.act, at, begins: null });
    return this.#said;
  }

  #put(going: Going): void {
    const later = this.#going.findIndex(({ at }) => at > going.at);
    this.#going.splice(later < 0 ? this.#going.length : later, 0, going);
  }
}
