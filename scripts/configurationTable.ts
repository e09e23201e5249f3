import { CONFIG_VARIABLES } from '../src/config.ts';

const BEGIN = /<!-- configuration: .* -->\n/;
const END = '<!-- /configuration -->';

/** The README with its table of settings as the schema has them now. */
export function withConfigurationTable(readme: string): string {
  const begin = BEGIN.exec(readme);
  const end = readme.indexOf(END);
  if (begin === null || end < begin.index)
    throw new Error('the README has lost the marks around its configuration table');
  return `${readme.slice(0, begin.index)}${begin[0]}\n${table()}\n${readme.slice(end)}`;
}

function table(): string {
  const rows = CONFIG_VARIABLES.map(
    ({ name, description, default: value }) => `| \`${name}\` | ${value ? `\`${value}\`` : ''} | ${description} |`,
  );
  return ['| setting | default | |', '|---|---|---|', ...rows, ''].join('\n');
}
