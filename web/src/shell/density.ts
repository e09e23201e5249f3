import { useLocalStorage } from '@mantine/hooks';

export const DENSITIES = ['dense', 'comfortable'] as const;
export type Density = (typeof DENSITIES)[number];

/** How much room the rows of a list take; kept in the browser. Style sheets read it as `data-density`. */
export function useDensity() {
  return useLocalStorage<Density>({
    key: 'commslog-density',
    defaultValue: 'dense',
    getInitialValueInEffect: false,
    deserialize: (stored) => DENSITIES.find((one) => one === stored) ?? 'dense',
    serialize: (density) => density,
  });
}
