import { v4 as uuid } from 'uuid';
import type { NewEvent } from '../../../src/domain/events.ts';
import { streamOf } from '../../../src/domain/events.ts';
import { type Micros, toRfc3339 } from '../../../src/domain/time.ts';

/** An event that is still to be appended, and where. */
export type Told = { readonly stream: string; readonly event: NewEvent };

/** An event of the program or of the CRM. */
export function systemEvent(type: string, data: NewEvent['data'], at: Micros): NewEvent {
  const metadata = { v: 1, recorded_at: toRfc3339(at), app: 'test', $correlationId: uuid() };
  return { id: uuid(), type, data, metadata };
}

/** A person's event. */
export function personsEvent(type: string, data: NewEvent['data'], at: Micros): NewEvent {
  const { metadata, ...event } = systemEvent(type, data, at);
  return { ...event, metadata: { ...metadata, actor: { sub: 'tester', role: 'agent' }, request_id: uuid() } };
}

type CustomerNumber = { readonly number: string; readonly from?: string; readonly to?: string };

export function customerTold(
  type: 'CustomerRegistered' | 'CustomerChanged',
  id: string,
  numbers: readonly (string | CustomerNumber)[],
  at: Micros,
): Told {
  const listed = numbers.map((number) => (typeof number === 'string' ? { number } : number));
  return { stream: streamOf.customer(id), event: personsEvent(type, { name: `Customer ${id}`, numbers: listed }, at) };
}

/** The same as one line of an import. */
export function inImport(importId: string, { stream, event }: Told): Told {
  return { stream, event: { ...event, metadata: { ...event.metadata, import_id: importId } } };
}

export function customerRemoved(id: string, at: Micros): Told {
  return { stream: streamOf.customer(id), event: personsEvent('CustomerRemoved', {}, at) };
}

/** A stored PBX event that is not as its schema says. */
export function poison(stream: string): Told {
  return { stream, event: systemEvent('ChannelOpened', { fields: 'none' }, 0 as Micros) };
}
