/** Settings of `rules.json` that decide no row: they are in force at once, and no part of the derivation. */
import { z } from 'zod';
import { rulesSourceSchema } from './events.ts';

const settings = {
  note_removal: z
    .enum(['author', 'author_and_admins', 'everyone'])
    .default('author_and_admins')
    .describe('who may take back a note; `everyone` is whoever may write'),
};

export const settingsSchema = z.strictObject(settings);
export type Settings = z.infer<typeof settingsSchema>;

export const DEFAULT_SETTINGS = settingsSchema.parse({});

/** In `system-settings`; the last one is in force. What a newer program knows besides is passed over. */
export const settingsAcceptedSchema = z.object({ settings: z.object(settings), source: rulesSourceSchema });
