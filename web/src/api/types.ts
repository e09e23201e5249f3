/** What the API says, by its own schemas: types alone, no code of the server gets into the app. */
import type { z } from 'zod';
import type { Direction, Outcome } from '../../../src/domain/entry.ts';
import type { Rules } from '../../../src/domain/rules.ts';
import type { Settings } from '../../../src/domain/settings.ts';
import type { assignBody, Marked } from '../../../src/http/contract/annotationContract.ts';
import type {
  callBackCountsSchema,
  callBackSchema,
  planCallBackBody,
} from '../../../src/http/contract/callBackContract.ts';
import type {
  auditSchema,
  countsSchema,
  currentSchema,
  customerSchema,
  customersPageSchema,
  entrySchema,
  Listed,
  logCallBody,
  meSchema,
  pbxSchema,
  putCustomerBody,
  recordedSchema,
  serverSchema,
  signingInSchema,
} from '../../../src/http/contract/contract.ts';
import type { coverageSchema } from '../../../src/http/contract/coverageContract.ts';
import type { callRequestSchema, requestCallBody } from '../../../src/http/contract/diallingContract.ts';
import type {
  personSchema,
  placeNamesSchema,
  putPersonBody,
  putTeamBody,
  teamSchema,
} from '../../../src/http/contract/directoryContract.ts';
import type { healthSchema } from '../../../src/http/contract/health.ts';
import type { parkedRetrySchema, parkedSchema } from '../../../src/http/contract/parkedContract.ts';
import type { placeSchema } from '../../../src/http/contract/placesContract.ts';
import type {
  diffItemSchema,
  diffSchema,
  rebuildSchema,
  rulesInForceSchema,
} from '../../../src/http/contract/rebuildContract.ts';
import type { reconciledSchema } from '../../../src/http/contract/reconcileContract.ts';
import type { CallPlaces } from '../../../src/ports/readModel.ts';
import type { ReportRows } from '../../../src/ports/reports.ts';

export type { CallPlaces, Direction, Listed, Marked, Outcome, ReportRows, Rules, Settings };
export type AssignBody = z.input<typeof assignBody>;
export type Entry = z.infer<typeof entrySchema>;
export type Counts = z.infer<typeof countsSchema>;
export type CurrentCall = z.infer<typeof currentSchema>;
export type CallBack = z.infer<typeof callBackSchema>;
export type CallBackCounts = z.infer<typeof callBackCountsSchema>;
export type CallBackPlan = z.input<typeof planCallBackBody>;
export type Customer = z.infer<typeof customerSchema>;
export type CustomersPage = z.infer<typeof customersPageSchema>;
export type CustomerBody = z.input<typeof putCustomerBody>;
export type LogCallBody = z.input<typeof logCallBody>;
export type RequestCallBody = z.input<typeof requestCallBody>;
export type CallRequest = z.infer<typeof callRequestSchema>;
export type SigningIn = z.infer<typeof signingInSchema>;
export type Me = z.infer<typeof meSchema>;
export type Audited = z.infer<typeof auditSchema>;
export type RecordedEvent = z.infer<typeof recordedSchema>;
export type Person = z.infer<typeof personSchema>;
export type PersonBody = z.input<typeof putPersonBody>;
export type Team = z.infer<typeof teamSchema>;
export type TeamBody = z.input<typeof putTeamBody>;
export type PlaceNames = z.infer<typeof placeNamesSchema>;
export type PbxState = z.infer<typeof pbxSchema>;
export type Server = z.infer<typeof serverSchema>;

export type Page<T> = {
  readonly items: readonly T[];
  readonly page: { next_cursor: string | null; has_more: boolean };
};
export type Coverage = z.infer<typeof coverageSchema>;
export type PbxCoverage = Coverage['pbxs'][number];
export type Gap = PbxCoverage['gaps'][number];
export type Reconciled = z.infer<typeof reconciledSchema>;
export type Disagreement = Reconciled['items'][number];
export type Parked = z.infer<typeof parkedSchema>;
export type ParkedRetry = z.infer<typeof parkedRetrySchema>;
export type Health = z.infer<typeof healthSchema>;
export type UnknownPlace = z.infer<typeof placeSchema>;
export type Rebuild = z.infer<typeof rebuildSchema>;
export type RulesInForce = z.infer<typeof rulesInForceSchema>;
export type Diff = z.infer<typeof diffSchema>;
export type DiffItem = z.infer<typeof diffItemSchema>;
