import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Phone } from '../../adapters/ami/index.ts';
import { customerIdSchema, customerSchema } from '../../domain/events.ts';

const folder = new URL('../../../demo/', import.meta.url);

const teamIdSchema = z.enum(['sales', 'support']);
const teamSchema = z.object({ name: z.string(), queue: z.string(), did: z.string() });
const personSchema = z.object({
  extension: z.string(),
  name: z.string(),
  team: teamIdSchema,
  /** how much of the work this one takes, beside the others of the team */
  share: z.number().positive(),
});
const companySchema = z.object({
  people: z.array(personSchema).min(2),
  teams: z.record(teamIdSchema, teamSchema),
  lines: z.array(z.object({ did: z.string(), name: z.string(), trunk: z.string() })).min(1),
  /** the ring group that the menu leads to */
  reception: z.object({ number: z.string(), people: z.array(z.string()).min(1) }),
  /** of whom the messages are that are left outside office hours */
  mailbox: z.string(),
  /** what people note on calls, and on calls that they log by hand */
  notes: z.array(z.string()).min(1),
  by_hand: z.array(z.string()).min(1),
});
const customersSchema = z.array(customerSchema.extend({ id: customerIdSchema }));

export type TeamId = z.infer<typeof teamIdSchema>;
export type DemoPerson = z.infer<typeof personSchema>;
export type DemoCompany = z.infer<typeof companySchema>;
export type DemoCustomer = z.infer<typeof customersSchema>[number];

/** The made-up company of the demo: its people and its phone system. */
export function demoCompany(): DemoCompany {
  return companySchema.parse(JSON.parse(textOf('company.json')));
}

export function demoCustomers(): readonly DemoCustomer[] {
  const lines = textOf('customers.jsonl').trimEnd().split('\n');
  return customersSchema.parse(lines.map((line): unknown => JSON.parse(line)));
}

function textOf(file: string): string {
  return readFileSync(fileURLToPath(new URL(file, folder)), 'utf8');
}

export function phoneOf({ extension, name }: DemoPerson): Phone {
  return { extension, name };
}

/** The line whose number is `did`. Throws when the company has none. */
export function lineOf({ lines }: DemoCompany, did: string): DemoCompany['lines'][number] {
  const line = lines.find((one) => one.did === did);
  if (line === undefined) throw new Error(`the demo's company has no line ${did}`);
  return line;
}

/** `+44 20 7946 0177` → `00442079460177`, `690 555 0001` → `6905550001`. */
export function asDialled(number: string): string {
  return number.replaceAll(' ', '').replace(/^\+/, '00');
}
