/** What the API says, by its own schemas: types alone, no code of the server gets into the app. */
import type { z } from 'zod';
import type { Direction, Outcome } from '../../../src/domain/entry.ts';
import type {
  assignBody,
  countsSchema,
  currentSchema,
  customerSchema,
  entrySchema,
  Listed,
  logCallBody,
  Marked,
  meSchema,
  pbxSchema,
  putCustomerBody,
  recordedSchema,
} from '../../../src/http/contract.ts';

export type { Direction, Listed, Marked, Outcome };
export type AssignBody = z.input<typeof assignBody>;
export type Entry = z.infer<typeof entrySchema>;
export type Counts = z.infer<typeof countsSchema>;
export type CurrentCall = z.infer<typeof currentSchema>;
export type Customer = z.infer<typeof customerSchema>;
export type CustomerBody = z.input<typeof putCustomerBody>;
export type LogCallBody = z.input<typeof logCallBody>;
export type Me = z.infer<typeof meSchema>;
export type RecordedEvent = z.infer<typeof recordedSchema>;
export type PbxState = z.infer<typeof pbxSchema>;

export type Page<T> = {
  readonly items: readonly T[];
  readonly page: { next_cursor: string | null; has_more: boolean };
};
