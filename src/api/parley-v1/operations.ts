// What Parley offers beyond the vendor's APIs, never inside their paths or shapes.
import type { Operation } from '../http/operation.ts'
import * as account from './account.ts'
import * as deliveries from './deliveries.ts'
import * as pushes from './pushes.ts'
import * as searches from './searches.ts'
import * as tokens from './tokens.ts'

export const parleyV1Operations: readonly Operation[] = [
  account,
  deliveries,
  pushes,
  searches,
  tokens,
].flatMap((resource): Operation[] => Object.values(resource))
