import { type CSSVariablesResolver, createTheme } from '@mantine/core';

/** Contrast of text is at least 4.5:1 on the grounds that they are used on, in light and in dark. */
export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  defaultRadius: 'md',
  fontFamily: 'Inter, ui-sans-serif, system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  headings: { fontWeight: '650' },
  colors: {
    ink: ['#eef4ff', '#dce7fb', '#b9cdf3', '#93b2ec', '#7da2e8', '#4a7bd6', '#2f63c4', '#2450a5', '#1d4187', '#152f63'],
    amber: [
      '#fffbeb',
      '#fef3c7',
      '#fde68a',
      '#fcd34d',
      '#fbbf24',
      '#f59e0b',
      '#d97706',
      '#b45309',
      '#92400e',
      '#78350f',
    ],
  },
});

/** Colours by meaning; components and style sheets use these names alone. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--page': '#f6f7f9',
    '--surface': '#ffffff',
    '--line': '#e3e6eb',
    '--muted': '#596273',
    '--mantine-color-dimmed': '#596273',
    '--mantine-color-placeholder': '#6b7280',
    '--call-text': '#92400e',
    '--call-ground': '#fef3c7',
    '--call-rail': '#d97706',
    '--bad-text': '#b42318',
    '--bad-ground': '#fee4e2',
    '--good-text': '#176b45',
    '--good-ground': '#d9f2e4',
    '--live-text': '#1d4187',
    '--live-ground': '#e6effd',
    '--shadow': '0 1px 2px rgb(16 24 40 / 6%)',
  },
  dark: {
    '--page': '#15171b',
    '--surface': '#1d2025',
    '--line': '#32363d',
    '--muted': '#a5adba',
    '--mantine-color-body': '#15171b',
    '--mantine-color-dimmed': '#a5adba',
    '--mantine-color-placeholder': '#929aa8',
    '--call-text': '#fcd34d',
    '--call-ground': '#3d2f10',
    '--call-rail': '#f59e0b',
    '--bad-text': '#ff9e94',
    '--bad-ground': '#47201d',
    '--good-text': '#7fdcaf',
    '--good-ground': '#143a28',
    '--live-text': '#a9c6f7',
    '--live-ground': '#1c2f52',
    '--shadow': 'none',
  },
});
