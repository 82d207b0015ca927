import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './console.css'
import { MantineProvider } from '@mantine/core'
import { ModalsProvider } from '@mantine/modals'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import { queryClient } from './api/queries.ts'
import { App } from './app.tsx'
import { theme, variables } from './theme.ts'

const root = document.getElementById('root')
if (!root) throw new Error('The page has no place for the console')
const nonce = document.querySelector<HTMLElement>('script[nonce], link[nonce]')?.nonce ?? ''
// What locks the scroll of the page behind dialogs finds the nonce here.
Object.assign(window, { __webpack_nonce__: nonce })

createRoot(root).render(
  <MantineProvider
    theme={theme}
    cssVariablesResolver={variables}
    defaultColorScheme="auto"
    getStyleNonce={() => nonce}
  >
    <QueryClientProvider client={queryClient}>
      <BrowserRouter basename="/console">
        <ModalsProvider>
          <Notifications position="top-center" autoClose={3_000} />
          <App />
        </ModalsProvider>
      </BrowserRouter>
    </QueryClientProvider>
  </MantineProvider>,
)
