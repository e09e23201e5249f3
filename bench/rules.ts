/**
 * A version by other rules beside the active one: where only settings of the second half differ (whose a call is) the calls of
 * the active version are copied, so it is compared with building it from the log.
 */
import { openPostgresLog } from '../src/adapters/eventstore/index.ts';
import { streamOf } from '../src/domain/events.ts';
import { defaultRules, type Rules } from '../src/domain/rules.ts';
import type { EventStore } from '../src/ports/eventStore.ts';
import type { BenchLine } from './line.ts';
import { buildVersion } from './projection/buildVersion.ts';
import { fillLog } from './projection/fillLog.ts';
import { onNewServer } from './projection/onNewServer.ts';
import { readChecked } from './projection/readChecked.ts';
import { median } from './timing.ts';

const ROUNDS = 3;
const PBXS = 8;
const CALLS_A_PBX = Number(process.env.RULES_CALLS ?? 4_160) / PBXS;
const CUSTOMERS = 2_000;

const RULES = defaultRules('GR');
/** Each round by others: the same rules again are built from the log. */
const OTHERS: readonly { readonly what: string; readonly rulesOf: (round: number) => Rules }[] = [
  {
    what: 'own numbers and the order of matching',
    rulesOf: (round) => ({ ...RULES, own_numbers: [`+30210999000${round}`], matching: ['later_owner'] }),
  },
  { what: 'the country', rulesOf: (round) => ({ ...RULES, country: COUNTRIES[round - 1] ?? null }) },
];
const COUNTRIES = ['DE', 'FR', 'IT'] as const;

export async function* run(): AsyncIterable<BenchLine> {
  yield* await onNewServer(async (url) => {
    const log = await openPostgresLog({ url });
    await fillLog(log, PBXS, CALLS_A_PBX);
    await registerCustomers(log);
    const events = await readChecked(log);
    let version = 0;
    const built = async (rules: Rules) => {
      version += 1;
      return events / (await buildVersion(url, log, version, { rules }));
    };
    const fromLog = [await built(RULES)];
    const copied = OTHERS.map(({ what, rulesOf }) => ({ what, rulesOf, rates: [] as number[] }));
    for (let round = 1; round <= ROUNDS; round += 1) {
      // the same rules again are read from the log
      fromLog.push(await built(RULES));
      for (const { rulesOf, rates } of copied) rates.push(await built(rulesOf(round)));
    }
    await log.close();
    const baseline = median(fromLog);
    return copied.map(({ what, rates }) => {
      const value = median(rates);
      return {
        bench: `rules: a version that differs in ${what}, beside one from the log`,
        value,
        unit: 'events/s',
        baseline,
        ratio: value / baseline,
      };
    });
  });
}

async function registerCustomers(log: EventStore): Promise<void> {
  const at = '2026-01-01T00:00:00.000000Z';
  for (let n = 0; n < CUSTOMERS; n += 1) {
    const id = `c${n}`;
    const data = { name: `Customer ${n}`, numbers: [{ number: `69123${String(n).padStart(5, '0')}` }] };
    const metadata = { v: 1, recorded_at: at, app: 'bench', $correlationId: id };
    await log.append(
      streamOf.customer(id),
      [{ id: crypto.randomUUID(), type: 'CustomerRegistered', data, metadata }],
      'no_stream',
    );
  }
}
