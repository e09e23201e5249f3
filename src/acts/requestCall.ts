import { randomInt, randomUUID } from 'node:crypto';
import { accepted } from '../domain/acts/decision.ts';
import { dialStringOf } from '../domain/dialling/dialString.ts';
import type { CallRequested } from '../domain/dialling/events.ts';
import { MAX_SERIAL, type Origination, originationOf, phonesAt } from '../domain/dialling/origination.ts';
import { REFUSED_BECAUSE } from '../domain/dialling/outcome.ts';
import type { Directory, Line } from '../domain/directory/directory.ts';
import { type Author, streamOf } from '../domain/events.ts';
import { type Rules, rulesFor } from '../domain/rules.ts';
import type { Micros } from '../domain/time.ts';
import { CommslogError } from '../errors.ts';
import { transact } from '../log/transact.ts';
import type { Dialling, DialSeen } from '../ports/dialling.ts';
import type { ReadModel } from '../ports/readModel.ts';
import type { ActDeps } from './deps.ts';
import { findEntry } from './entry.ts';
import { peopleFactsOf } from './peopleFacts.ts';

export type RequestCallDeps = ActDeps & { readonly dialling: Dialling };

/** Whom to call: exactly one of them. */
export type Callee =
  | { readonly from: 'number'; readonly number: string }
  | { readonly from: 'entry'; readonly entryId: string }
  | { readonly from: 'customer'; readonly customerId: string; readonly numberIndex: number };

export type WantedCall = {
  readonly callee: Callee;
  /** at which of their phones it begins; null: the first of them */
  readonly extension: string | null;
};

/** Who asks: the directory, and the read model as they see it. */
export type Asker = { readonly author: Author; readonly directory: Directory; readonly readModel: ReadModel };

/**
 * Has a call begun at the phone of who asks, and tells how far it is. That it was asked for stands in the log before anybody
 * is asked. Errors: `CALL_NOT_ALLOWED`, `NO_PHONE`, `NOT_FOUND`, `VALIDATION_FAILED`, `CALL_REFUSED`, `CALL_NOT_TAKEN`, those
 * of the log and of PostgreSQL.
 */
export async function requestCall(
  deps: RequestCallDeps,
  asker: Asker,
  { callee, extension }: WantedCall,
  rules: Rules,
): Promise<DialSeen> {
  const settings = asker.directory.settings.click_to_call;
  if (!settings.enabled) {
    throw new CommslogError('CALL_NOT_ALLOWED', 'Calls are not begun from here: `click_to_call` in the rules is off.');
  }
  const now = deps.clock.now();
  const phone = phoneOf(asker, extension, now);
  const number = await numberOf(asker.readModel, callee);
  const pbx = phone.pbx ?? settings.pbx ?? (await onlyPbx(deps.readModel));
  const { country, extension_patterns: extensionPatterns } = rulesFor(rules, pbx);
  const dialled = dialStringOf(number, { country, extensionPatterns }, settings);
  if (dialled === null) throw notDialled(callee);
  const serial = randomInt(MAX_SERIAL);
  const own = { extension: phone.extension, dialled };
  const origination = originationOf(own, settings, { at: now, serial });
  const id = randomUUID();
  await record(deps, id, requestedOf({ pbx, ...own }, origination, callee), asker.author);
  const askedBy = asker.author.actor.sub;
  const seen = await deps.dialling.ask({ id, pbx, askedBy, extension: phone.extension, origination });
  return orRefused(seen);
}

/** A request of who asks. Error: `NOT_FOUND`. */
export async function callRequest(dialling: Dialling, id: string, sub: string): Promise<DialSeen> {
  const seen = await dialling.look(id);
  if (seen === null || seen.askedBy !== sub) throw new CommslogError('NOT_FOUND', 'There is no such request of yours.');
  return seen;
}

function phoneOf({ author, directory }: Asker, extension: string | null, now: Micros): Line {
  const phones = phonesAt(directory.personOfSub(author.actor.sub)?.lines ?? [], now);
  const phone = phones.find((line) => extension === null || line.extension === extension);
  if (phone !== undefined) return phone;
  throw new CommslogError(
    'NO_PHONE',
    phones.length === 0
      ? 'No phone is yours in the directory: an administrator says which extension it is.'
      : 'This extension is none of yours.',
  );
}

/** As it is written in the log or the customer's card. Errors: `NOT_FOUND`, `VALIDATION_FAILED`. */
async function numberOf(readModel: ReadModel, callee: Callee): Promise<string> {
  if (callee.from === 'number') return callee.number;
  if (callee.from === 'entry') {
    const { entry } = await findEntry(readModel, callee.entryId);
    return entry.external_number ?? entry.external_number_raw ?? '';
  }
  const customer = await readModel.customer(callee.customerId);
  if (customer === null || customer.removedAt !== null) {
    throw new CommslogError('NOT_FOUND', 'There is no such customer.');
  }
  const held = customer.numbers[callee.numberIndex];
  if (held === undefined) throw new CommslogError('NOT_FOUND', 'The customer has no such number.');
  return held.e164 ?? held.number;
}

async function onlyPbx(readModel: ReadModel): Promise<string> {
  const [pbx, ...others] = await readModel.pbxs();
  if (pbx !== undefined && others.length === 0) return pbx;
  throw new CommslogError(
    'NO_PHONE',
    'Which phone system your phone is at is not known: the directory, or `click_to_call` in the rules, has to say it.',
  );
}

function notDialled({ from }: Callee): CommslogError {
  const pointer = { number: '#/number', entry: '#/entry_id', customer: '#/number_index' }[from];
  const detail =
    from === 'number'
      ? 'a phone number: with + and the country code, or as it is dialled in the country of the rules'
      : 'it has no number that can be dialled';
  return new CommslogError('VALIDATION_FAILED', 'The body of the request is not as it must be.', {
    fields: [{ pointer, detail }],
  });
}

function requestedOf(
  own: Pick<CallRequested, 'pbx' | 'extension' | 'dialled'>,
  { channelId }: Origination,
  callee: Callee,
): CallRequested {
  return {
    ...own,
    channel_id: channelId,
    asked_from: callee.from,
    ...(callee.from === 'entry' ? { entry_id: callee.entryId } : {}),
    ...(callee.from === 'customer' ? { customer_id: callee.customerId } : {}),
  };
}

async function record({ log, clock }: ActDeps, id: string, data: CallRequested, author: Author): Promise<void> {
  const events = peopleFactsOf(accepted({ type: 'CallRequested', data }), { author, now: clock.now() });
  await transact(
    log,
    async () => ({ stream: streamOf.dial(id), last: undefined }),
    (to) => ({ to, events }),
  );
}

/** Errors: `CALL_NOT_ALLOWED`, `CALL_REFUSED`, `CALL_NOT_TAKEN`. */
function orRefused(seen: DialSeen): DialSeen {
  if (seen.state === 'not_taken') {
    throw new CommslogError(
      'CALL_NOT_TAKEN',
      'No server listens to the phone system just now; the call is not begun, also not later.',
    );
  }
  if (seen.state !== 'refused' || seen.reason === null) return seen;
  const code = seen.reason === 'not_permitted' ? 'CALL_NOT_ALLOWED' : 'CALL_REFUSED';
  throw new CommslogError(code, REFUSED_BECAUSE[seen.reason]);
}
