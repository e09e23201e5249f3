import { spawnSync } from 'node:child_process';
import type { Block } from '../markdown.ts';

/** The commands of a block, each with the lines that it takes; comments of their own are left out. */
export function commandsOf({ document, text }: Block): string[] {
  const commands: string[] = [];
  let open = '';
  for (const line of text.split('\n')) {
    if (open === '' && /^\s*(#|$)/.test(line)) continue;
    open += `${line}\n`;
    if (line.endsWith('\\') || !isWhole(open)) continue;
    commands.push(open.trim());
    open = '';
  }
  if (open !== '') throw new Error(`${document}: a command has no end: ${open}`);
  return commands;
}

/** Asks a shell, which reads it and runs nothing. */
function isWhole(command: string): boolean {
  return spawnSync('sh', ['-n'], { input: command }).status === 0;
}
