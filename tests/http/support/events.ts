import type { IncomingMessage } from 'node:http';
import { eventually } from '../../support/eventually.ts';
import { open, type Question } from './ask.ts';

export type ServerEvent = { readonly id: string | null; readonly event: string; readonly data: unknown };

export type EventStream = {
  readonly response: IncomingMessage;
  readonly events: ServerEvent[];
  /** what EventSource would send as Last-Event-ID now */
  lastEventId(): string;
  ended(): boolean;
  until(what: string, condition: (events: readonly ServerEvent[]) => boolean): Promise<void>;
  close(): void;
};

/** Listens to server-sent events as EventSource does (WHATWG HTML §9.2.6), by our own few lines. */
export async function listen(port: number, question: Question): Promise<EventStream> {
  const response = await open(port, question);
  const events: ServerEvent[] = [];
  let [rest, lastEventId, ended] = ['', '', false];
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = block.split('\n').map((line) => /^([a-z]*): ?(.*)$/.exec(line) ?? []);
      const of = (name: string) => lines.find(([, field]) => field === name)?.[2];
      const [id, data] = [of('id'), of('data')];
      lastEventId = id ?? lastEventId;
      if (data !== undefined) events.push({ id: id ?? null, event: of('event') ?? 'message', data: JSON.parse(data) });
    }
  });
  response.on('error', () => undefined);
  response.on('close', () => {
    ended = true;
  });
  return {
    response,
    events,
    lastEventId: () => lastEventId,
    ended: () => ended,
    until: (what, condition) => eventually(what, () => condition(events)),
    close: () => response.destroy(),
  };
}
