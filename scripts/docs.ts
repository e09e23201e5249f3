// `npm run docs`: writes the documents, or parts of them, that come from the code.
import { readFileSync, writeFileSync } from 'node:fs';
import { withConfigurationTable } from './configurationTable.ts';
import { rulesJsonSchema } from './rulesSchema.ts';

const readme = new URL('../README.md', import.meta.url);
writeFileSync(readme, withConfigurationTable(readFileSync(readme, 'utf8')));
writeFileSync(new URL('../docs/rules.schema.json', import.meta.url), rulesJsonSchema());
