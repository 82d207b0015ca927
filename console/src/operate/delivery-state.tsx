import { Badge } from '@mantine/core'
import type { ReactNode } from 'react'

const COLORS = { failed: 'red', waiting: 'yellow', delivered: 'green' }

/** Of a webhook or a push. */
export function DeliveryState({ state }: { state: keyof typeof COLORS }): ReactNode {
  return (
    <Badge variant="dot" color={COLORS[state]}>
      {state}
    </Badge>
  )
}
