import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ask, askWithTag, queryString } from './client.ts';
import type { Customer, CustomerBody, CustomersPage } from './types.ts';

export const CUSTOMERS = ['customers'] as const;

/** Customers by name; `q` narrows by part of a name or number, `notUnderstood` to those with numbers that are not. */
export function useCustomers(q: string, notUnderstood = false) {
  return useInfiniteQuery({
    queryKey: [...CUSTOMERS, 'list', q, notUnderstood],
    queryFn: ({ pageParam, signal }) =>
      ask<CustomersPage>(
        `/api/crm/customers${queryString({ q, not_understood: notUnderstood ? 'true' : '', cursor: pageParam })}`,
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ page }) => page.next_cursor,
    placeholderData: (before) => before,
  });
}

/** One customer with its ETag. */
export function useCustomer(id: string) {
  return useQuery({
    queryKey: [...CUSTOMERS, 'one', id],
    queryFn: ({ signal }) => askWithTag<Customer>(pathOf(id), { signal }),
  });
}

/** Registers (`etag` null: only if there is none of this id) or replaces what is known. */
export function putCustomer(
  id: string,
  body: CustomerBody,
  etag: string | null,
): Promise<{ id: string; name: string }> {
  return ask(pathOf(id), { method: 'PUT', body, headers: etag === null ? {} : { 'If-Match': etag } });
}

export function removeCustomer(id: string): Promise<void> {
  return ask(pathOf(id), { method: 'DELETE' });
}

const pathOf = (id: string) => `/api/crm/customers/${encodeURIComponent(id)}`;
