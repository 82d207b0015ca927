// The acceptance scenario of the reference (Appendix B); what ends clients for good comes last.
import { connect } from './01-connect.ts'
import { createAndJoin, findAndJoin } from './02-join.ts'
import { firstMessage, typing } from './03-messages.ts'
import { history } from './04-history.ts'
import { horizon } from './05-horizon.ts'
import { channelEdits, messageEdits } from './06-edits.ts'
import { listings, people } from './07-people.ts'
import { privateChannel } from './08-private.ts'
import { reconnect } from './09-reconnect.ts'
import { expiry, leaving, refusals, renewal } from './10-endings.ts'
import { scale } from './11-scale.ts'
import { media } from './12-media.ts'
import type { Step } from './scene.ts'

export const STEPS: readonly Step[] = [
  ...[connect, createAndJoin, findAndJoin, firstMessage, typing, history, horizon],
  ...[channelEdits, messageEdits, people, listings, privateChannel, reconnect],
  ...[leaving, refusals, renewal, scale, expiry],
]

/** Step 11 with what it needs before. */
export const MEDIA_STEPS: readonly Step[] = [connect, createAndJoin, findAndJoin, media]
