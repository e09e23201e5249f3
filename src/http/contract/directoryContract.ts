/** People, teams and names of places, as they go over the wire. */
import { z } from 'zod';
import { directoryIdSchema, MAX_LINES, MAX_TEAMS_OF_ONE, sightSchema } from '../../domain/directory/person.ts';
import { MAX_NAMED_PLACES, MAX_PLACES_OF_ONE } from '../../domain/directory/team.ts';
import { pbxIdSchema, roleSchema } from '../../domain/events.ts';
import { subSchema } from '../../domain/subject.ts';
import { text, time } from './contract.ts';

const absent = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => (value === null ? undefined : value));

export const directoryParams = z.strictObject({ id: directoryIdSchema });

// ── people ───────────────────────────────────────────────────────────────────────────────────────────────────────

export const putPersonBody = z
  .strictObject({
    name: text(200).min(1),
    role: absent(roleSchema).meta({ description: 'in which a link of theirs signs in' }),
    sub: absent(subSchema).meta({ description: 'as whom they sign in: what their notes and acts are by' }),
    sees: absent(sightSchema).meta({
      description: 'whose calls they see; absent: what the settings say of their role',
    }),
    teams: z.array(directoryIdSchema).max(MAX_TEAMS_OF_ONE).default([]),
    lines: z
      .array(
        z.strictObject({
          extension: text(64).min(1).meta({ description: 'or device, as the phone system calls it' }),
          pbx: absent(pbxIdSchema).meta({ description: 'default: at every phone system' }),
          from: absent(time).meta({ description: 'inclusive; default: since ever' }),
          to: absent(time).meta({ description: 'exclusive; default: until further notice' }),
        }),
      )
      .max(MAX_LINES)
      .default([]),
  })
  .meta({ id: 'PutPerson' });

export const personSchema = z
  .object({
    id: directoryIdSchema,
    name: z.string(),
    teams: z.array(directoryIdSchema),
    lines: z.array(
      z.object({
        extension: z.string(),
        pbx: z.string().nullable(),
        from: z.string().nullable(),
        to: z.string().nullable(),
      }),
    ),
    access: z
      .object({
        role: roleSchema.nullable(),
        sub: z.string().nullable(),
        sees: sightSchema.nullable(),
        invited_at: z.string().nullable().meta({ description: 'when a link was made for them last' }),
        revoked_at: z
          .string()
          .nullable()
          .meta({ description: 'what was issued to this `sub` until then does not count any more' }),
      })
      .nullable()
      .meta({ description: 'how they sign in and what they see; null: only admins are told' }),
  })
  .meta({ id: 'Person' });

export const invitationSchema = z
  .object({
    link: z.string().meta({ description: 'signs in once; it is told here alone' }),
    expires_at: z.string(),
  })
  .meta({ id: 'Invitation' });

// ── teams and places ─────────────────────────────────────────────────────────────────────────────────────────────

const placeSchema = z.strictObject({ place: text(64).min(1), pbx: absent(pbxIdSchema) });

export const putTeamBody = z
  .strictObject({
    name: text(200).min(1),
    queues: z.array(placeSchema).max(MAX_PLACES_OF_ONE).default([]),
    dids: z.array(placeSchema).max(MAX_PLACES_OF_ONE).default([]),
  })
  .meta({ id: 'PutTeam', description: 'what is missed at its queues and numbers is missed by the team' });

const shownPlace = z.object({ place: z.string(), pbx: z.string().nullable() });

export const teamSchema = z
  .object({ id: directoryIdSchema, name: z.string(), queues: z.array(shownPlace), dids: z.array(shownPlace) })
  .meta({ id: 'Team' });

const namedPlace = placeSchema.extend({ name: text(100).min(1) });

export const putPlaceNamesBody = z
  .strictObject({
    queues: z.array(namedPlace).max(MAX_NAMED_PLACES).default([]),
    dids: z.array(namedPlace).max(MAX_NAMED_PLACES).default([]),
  })
  .meta({ id: 'PutPlaceNames' });

const shownName = shownPlace.extend({ name: z.string() });

export const placeNamesSchema = z
  .object({ queues: z.array(shownName), dids: z.array(shownName) })
  .meta({ id: 'PlaceNames' });
