import { z } from 'zod';
import { rulesFileSchema } from '../src/domain/rulesFile.ts';

/** The JSON schema of `rules.json`, for editors; what it cannot say (a supported country, a pattern) the program checks. */
export function rulesJsonSchema(): string {
  const schema = z.toJSONSchema(rulesFileSchema, { io: 'input' });
  // an editor is told by this key which schema a file has
  const properties = { $schema: { type: 'string' }, ...schema.properties };
  return `${JSON.stringify({ ...schema, title: 'rules of commslog', properties }, null, 2)}\n`;
}
