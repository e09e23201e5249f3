/** Settings of `rules.json` that decide no row: they are in force at once, and no part of the derivation. */
import { z } from 'zod';
import { sightSchema } from './directory/person.ts';
import { rulesSourceSchema } from './events.ts';

const settings = {
  note_removal: z
    .enum(['author', 'author_and_admins', 'everyone'])
    .default('author_and_admins')
    .describe('who may take back a note; `everyone` is whoever may write'),
  visibility: z
    .strictObject({ agent: sightSchema.default('all'), auditor: sightSchema.default('all') })
    .default({ agent: 'all', auditor: 'all' })
    .describe(
      'whose calls a role sees: `own` are those where they spoke, where their phone rang, or that they logged; `team` also those of their teams, and what is missed at their queues and numbers',
    ),
  call_backs_since: z.iso
    .datetime({ offset: true })
    .nullable()
    .default(null)
    .describe('what was missed before is no work for anybody; null: before the log was there'),
  masked_roles: z
    .array(z.enum(['agent', 'auditor']))
    .max(2)
    .default([])
    .describe('roles that are shown phone numbers in part only, and find a call by its whole number alone'),
};

export const settingsSchema = z.strictObject(settings);
/** Those that are put in force; what is absent stays. */
export const changedSettingsSchema = z.strictObject({
  note_removal: settings.note_removal.unwrap().optional(),
  visibility: settings.visibility.unwrap().optional(),
  call_backs_since: settings.call_backs_since.unwrap().optional(),
  masked_roles: settings.masked_roles.unwrap().optional(),
});
export type Settings = z.infer<typeof settingsSchema>;

export const DEFAULT_SETTINGS = settingsSchema.parse({});

/** In `system-settings`; the last one is in force. What a newer program knows besides is passed over. */
const storedVisibility = z.object(settings.visibility.unwrap().shape).default({ agent: 'all', auditor: 'all' });
export const settingsAcceptedSchema = z.object({
  settings: z.object({ ...settings, visibility: storedVisibility }),
  source: rulesSourceSchema,
});
