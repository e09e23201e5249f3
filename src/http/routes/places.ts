import { z } from 'zod';
import { callPlaces, type ReadModel } from '../../ports/readModel.ts';
import { ANYONE } from '../auth/principal.ts';
import { defineRoute, nothing, type Route } from '../kit/route.ts';

const names = z.array(z.string());

const callPlacesSchema = z
  .object({
    dids: names,
    queues: names,
    trunks: names,
    extensions: names,
    cut: z.array(z.enum(callPlaces)).meta({ description: 'of these only the first 500 are here' }),
  })
  .meta({ id: 'CallPlaces' });

export function placeRoutes(readModel: ReadModel): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/crm/places',
      summary: 'The numbers of ours, queues, trunks and extensions that entries name: what a list can be narrowed to',
      roles: ANYONE,
      params: nothing,
      query: nothing,
      body: nothing,
      answers: { 200: { description: 'The names of each kind', schema: callPlacesSchema } },
      handler: async ({ gone }) => ({ status: 200, json: await readModel.callPlaces(gone) }),
    }),
  ];
}
