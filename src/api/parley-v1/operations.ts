// What Parley offers beyond the vendor's APIs, never inside their paths or shapes.
import type { Operation } from '../http/operation.ts'
import * as deliveries from './deliveries.ts'
import * as pushes from './pushes.ts'

export const parleyV1Operations: readonly Operation[] = [
  ...Object.values(deliveries),
  ...Object.values(pushes),
]
