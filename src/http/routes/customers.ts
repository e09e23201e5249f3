import { z } from 'zod';
import { putCustomer, removeCustomer } from '../../acts/customer.ts';
import type { ActDeps } from '../../acts/deps.ts';
import { type ImportLine, importCustomers } from '../../acts/importCustomers.ts';
import { customerIdSchema } from '../../domain/events.ts';
import { maskedNumber } from '../../domain/phone/index.ts';
import { CommslogError } from '../../errors.ts';
import type { Customer } from '../../ports/readModel.ts';
import type { Rebuilds } from '../../ports/rebuilds.ts';
import { ADMINS, AGENTS, ANYONE } from '../auth/principal.ts';
import {
  cursor,
  customerParams,
  customerSchema,
  customersPageSchema,
  flag,
  ifMatchHeader,
  limit,
  listedSchema,
  pageOf,
  putCustomerBody,
  text,
  writtenCustomerSchema,
} from '../contract/contract.ts';
import { readCustomerLines } from '../files/customerLines.ts';
import { etagOf, preconditionOf } from '../kit/etag.ts';
import { inVersion, pageReply } from '../kit/paging.ts';
import { defineRoute, nothing, type Route } from '../kit/route.ts';
import type { Seeing } from '../kit/viewer.ts';
import { listComms } from './comms.ts';
import { importLine, importReportSchema, remarksOn } from './customerImport.ts';

export function customerRoutes(deps: ActDeps & { readonly rebuilds: Pick<Rebuilds, 'rulesInForce'> }): Route[] {
  const { rebuilds } = deps;
  return [
    defineRoute({
      method: 'get',
      path: '/api/crm/customers',
      isExpensive: ({ query }) => query.q !== undefined,
      summary: 'Customers by name',
      roles: ANYONE,
      params: nothing,
      query: z.strictObject({
        q: text(100).min(1).optional().meta({
          description:
            'words in any order, each a part of the name or of a number, which may be spaced; those beyond the sixth are one text',
        }),
        not_understood: flag.optional().meta({ description: 'only those with a number that is not understood' }),
        cursor,
        limit,
      }),
      body: nothing,
      answers: { 200: { description: 'A page', schema: customersPageSchema } },
      handler: async ({ query: { not_understood: notUnderstood, cursor, limit, ...query }, request, viewer, gone }) => {
        const who = await viewer();
        const q = who.searched(query.q);
        return pageReply(
          { cursor, limit, url: request.originalUrl },
          { customers: q, notUnderstood },
          inVersion(customerIdSchema),
          async (after, limit) => {
            const { items, next } = await who.readModel.customers({ q, notUnderstood }, after, limit, gone);
            const counts = who.seesAll ? await who.readModel.customerNumbers() : null;
            const numbers = counts && { total: counts.total, not_understood: counts.notUnderstood };
            return { items: items.map((customer) => shown(customer, who)), next, beside: { numbers } };
          },
        );
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/crm/customers/{id}',
      summary: 'One customer',
      roles: ANYONE,
      params: customerParams,
      query: nothing,
      body: nothing,
      answers: { 200: { description: 'The customer; its ETag is for If-Match', schema: customerSchema } },
      handler: async ({ params, viewer }) => {
        const who = await viewer();
        const customer = await who.readModel.customer(params.id);
        if (!customer || customer.removedAt !== null) throw noSuchCustomer();
        return { status: 200, headers: { ETag: etagOf(customer) }, json: shown(customer, who) };
      },
    }),
    defineRoute({
      method: 'put',
      path: '/api/crm/customers/{id}',
      summary: 'Register a customer, or replace what is known of it',
      roles: AGENTS,
      params: customerParams,
      query: nothing,
      body: putCustomerBody,
      headers: ifMatchHeader,
      answers: {
        200: { description: 'Changed, or so already', schema: writtenCustomerSchema },
        201: { description: 'Registered', schema: writtenCustomerSchema },
      },
      handler: async ({ params: { id }, body, author, request }) => {
        const change = { id, onlyIf: preconditionOf(request), author };
        const { result, version, data } = await putCustomer(deps, change, body);
        return {
          status: result === 'registered' ? 201 : 200,
          headers: { ETag: etagOf(version), Location: `/api/crm/customers/${id}` },
          json: { id, ...data },
        };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/crm/customers/import',
      summary: 'Register or change many customers: CSV (columns id, name, numbers) or one JSON object a line',
      roles: ADMINS,
      params: nothing,
      query: nothing,
      body: nothing,
      patience: 'long',
      answers: { 200: { description: 'What became of the lines', schema: importReportSchema } },
      handler: async ({ author, request }) => {
        const lines: ImportLine[] = [];
        const read = await readCustomerLines(request);
        for await (const line of read.lines) lines.push(importLine(line));
        const { country } = (await rebuilds.rulesInForce()).active.rules;
        const report = await importCustomers(deps, lines, { author, country });
        return { status: 200, json: { ...report, remarks: remarksOn(read.encoding) } };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/crm/customers/{id}',
      summary: 'Remove a customer; it keeps the calls that it had',
      roles: ADMINS,
      params: customerParams,
      query: nothing,
      body: nothing,
      headers: ifMatchHeader,
      answers: { 204: { description: 'Removed' } },
      handler: async ({ params: { id }, author, request }) => {
        const change = { id, onlyIf: preconditionOf(request), author };
        await removeCustomer(deps, change);
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/crm/customers/{id}/comms',
      summary: 'Entries of one customer, newest first; of a removed one too',
      roles: ANYONE,
      params: customerParams,
      query: z.strictObject({ cursor, limit }),
      body: nothing,
      answers: { 200: { description: 'A page', schema: pageOf(listedSchema) } },
      handler: async ({ params: { id }, query, request, viewer, gone }) => {
        const who = await viewer();
        if (!(await who.readModel.customer(id))) throw noSuchCustomer();
        const page = { ...query, url: request.originalUrl };
        return listComms({ viewer: who, gone }, { customerId: id }, page);
      },
    }),
  ];
}

function noSuchCustomer(): CommslogError {
  return new CommslogError('NOT_FOUND', 'There is no such customer.');
}

function shown({ id, name, numbers }: Customer, { isMasked }: Seeing): z.infer<typeof customerSchema> {
  const show = (number: string) => (isMasked ? maskedNumber(number) : number);
  return {
    id,
    name,
    numbers: numbers.map(({ number, e164, label, from, to }) => ({
      number: show(number),
      e164: e164 === null ? null : show(e164),
      label,
      from,
      to,
    })),
  };
}
