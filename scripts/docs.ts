// `npm run docs`: writes the parts of the README that come from the code.
import { readFileSync, writeFileSync } from 'node:fs';
import { withConfigurationTable } from './configurationTable.ts';

const file = new URL('../README.md', import.meta.url);
writeFileSync(file, withConfigurationTable(readFileSync(file, 'utf8')));
