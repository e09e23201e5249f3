import type { RecordedEvent } from '../../src/domain/events.ts';
import type { Heard } from '../../src/listening/heard.ts';

/** Books of what is handed to journals, and of what becomes of it. */
export interface Books {
  /** what must not be, in words; told here, since whoever does it may swallow an error */
  readonly broken: readonly string[];
  /** A process hands it to the journal; call what is returned when the journal says that it is safe. */
  hand(heard: Heard): () => void;
  /** The journal is told that it need not keep this any longer. */
  release(heard: Heard): void;
  /** It is in the log. */
  store(event: RecordedEvent): void;
  /** At rest: all that a journal has acknowledged is in the log. */
  expectComplete(): void;
}
