import { type CSSVariablesResolver, createTheme } from '@mantine/core'

const SYSTEM = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
const MONOSPACE = 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace'

const CLOSE = { 'aria-label': 'Close' }

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 8, dark: 7 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  defaultRadius: 'sm',
  respectReducedMotion: true,
  fontFamily: SYSTEM,
  fontFamilyMonospace: MONOSPACE,
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '1.25rem' }, h2: { fontSize: '1rem' } } },
  components: {
    Button: { defaultProps: { size: 'xs', fw: 500 } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Table: { defaultProps: { verticalSpacing: 6, horizontalSpacing: 'sm' } },
    Badge: {
      defaultProps: { variant: 'default', radius: 'sm', size: 'sm', tt: 'none', fw: 500, miw: 'max-content' },
    },
    Modal: { defaultProps: { closeButtonProps: CLOSE } },
    Notification: {
      defaultProps: { closeButtonProps: CLOSE },
      styles: { description: { color: 'var(--mantine-color-dimmed)' } },
    },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300 } },
  },
})

/** Quiet texts stay readable: the library's own grey is too light for small print. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5c636a',
    '--mantine-color-placeholder': '#6c737a',
    '--mantine-color-body': '#ffffff',
    '--mantine-color-error': '#c92a2a',
  },
  dark: {
    '--mantine-color-dimmed': '#a3a8b0',
    '--mantine-color-placeholder': '#8d939b',
    '--mantine-color-error': '#ff8787',
  },
})
