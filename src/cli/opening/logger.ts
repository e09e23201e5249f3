import { type Logger, pino } from 'pino';

export type { Logger };

/** The program's log: JSON lines on standard error, so that a command's output stays its own. Never personal data. */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: ['req.headers.authorization', 'req.headers.cookie', 'res.headers["set-cookie"]', 'password', 'secret'],
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
