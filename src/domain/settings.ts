/** Settings of `rules.json` that decide no row: they are in force at once, and no part of the derivation. */
import { z } from 'zod';
import { sightSchema } from './directory/person.ts';
import { pbxIdSchema, rulesSourceSchema } from './events.ts';

/** How a call is begun for somebody at their own phone: all of what a phone system is told besides the number. */
const clickToCall = {
  enabled: z.boolean().default(true).describe('whether anybody may have calls begun'),
  channel: z
    .string()
    .regex(
      /^(?:Local|PJSIP|SIP|IAX2)\/\{extension\}(?:@[A-Za-z0-9_-]{1,79})?$/,
      'Local, PJSIP, SIP or IAX2, then `/{extension}`, and a context as in `Local/{extension}@from-internal`',
    )
    .default('Local/{extension}@from-internal')
    .describe('how the phone of who asks is called'),
  context: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,79}$/, 'a context of the dialplan')
    .default('from-internal')
    .describe('where the number is dialled'),
  number_form: z
    .enum(['national', 'e164'])
    .default('national')
    .describe('how a number outside is dialled: as a person in the country of the rules would, or as `+30…`'),
  prefix: z
    .string()
    .regex(/^[0-9*#]{0,8}$/, 'up to eight of 0–9, * and #')
    .default('')
    .describe('what is dialled before a number outside'),
  caller_id: z
    .enum(['extension', 'none'])
    .default('extension')
    .describe('whose call the phone system takes it for: that of the extension, or of nobody'),
  timeout_seconds: z.int().min(5).max(120).default(30).describe('for how long the own phone rings'),
  pbx: pbxIdSchema.nullable().default(null).describe('which phone system dials, where an extension does not tell'),
};
const CLICK_TO_CALL = z.object(clickToCall).parse({});
export type ClickToCall = typeof CLICK_TO_CALL;

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
  click_to_call: z
    .strictObject(clickToCall)
    .default(CLICK_TO_CALL)
    .describe('how a call is begun from the log, at the phone of who asks'),
};

export const settingsSchema = z.strictObject(settings);
/** Those that are put in force; what is absent stays. */
export const changedSettingsSchema = z.strictObject({
  note_removal: settings.note_removal.unwrap().optional(),
  visibility: settings.visibility.unwrap().optional(),
  call_backs_since: settings.call_backs_since.unwrap().optional(),
  masked_roles: settings.masked_roles.unwrap().optional(),
  click_to_call: settings.click_to_call.unwrap().optional(),
});
export type Settings = z.infer<typeof settingsSchema>;

export const DEFAULT_SETTINGS = settingsSchema.parse({});

/** In `system-settings`; the last one is in force. What a newer program knows besides is passed over. */
const storedVisibility = z.object(settings.visibility.unwrap().shape).default({ agent: 'all', auditor: 'all' });
const storedClickToCall = z.object(clickToCall).default(CLICK_TO_CALL);
export const settingsAcceptedSchema = z.object({
  settings: z.object({ ...settings, visibility: storedVisibility, click_to_call: storedClickToCall }),
  source: rulesSourceSchema,
});
