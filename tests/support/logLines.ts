import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';

/** A logger, and the lines that were written with it. */
export function logLines(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const sink = new Writable({
    write(line, _, done) {
      lines.push(String(line));
      done();
    },
  });
  return { logger: pino({ level: 'debug' }, sink), lines };
}
