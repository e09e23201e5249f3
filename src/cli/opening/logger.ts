import { type Logger, pino } from 'pino';
import type { Config } from '../../config.ts';
import { escaped } from '../../escaped.ts';

export type { Logger };

/** The program's log: JSON lines on standard error, so that a command's output stays its own. Never personal data. */
export function createLogger(level: string): Logger {
  const standardError = pino.destination({ dest: 2, sync: true });
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: ['req.headers.authorization', 'req.headers.cookie', 'res.headers["set-cookie"]', 'password', 'secret'],
    },
    // pino leaves in its JSON what a terminal obeys
    { write: (line) => standardError.write(`${escaped(line.trimEnd())}\n`) },
  );
}

/** The log of a command, which tells people in words what it does: of that level it logs nothing. */
export function commandLogger({ LOG_LEVEL }: Pick<Config, 'LOG_LEVEL'>): Logger {
  return createLogger(LOG_LEVEL === 'info' ? 'warn' : LOG_LEVEL);
}
