// Pushes as the jobs of a worker: what is sent, and what its result means.
import type { Chat } from '../../chat/chat.ts'
import { removeDeadBinding } from '../../chat/push-registrations.ts'
import { type Binding, findBinding } from '../../store/bindings.ts'
import { findCredential } from '../../store/credentials.ts'
import type { Tx } from '../../store/database.ts'
import { pushQueue } from '../../store/lanes.ts'
import { deletePush, findNextPush, type Push, updatePush } from '../../store/pushes.ts'
import type { JobKind } from '../job-kind.ts'
import { jittered, stateAfter, type Verdict } from '../verdict.ts'
import { type PushResult, refused } from './result.ts'
import type { Senders } from './senders.ts'

type PushJobOptions = {
  chat: Chat
  senders: Senders
  /** How long after the event a push is still of use, in milliseconds. */
  ttlMs: number
  /** Told of each attempt. */
  observe(push: Push, verdict: Verdict): void
}

const LANES_PER_TARGET = 64
const FIRST_DELAY_MS = 1_000
const LONGEST_DELAY_MS = 900_000
const CREDENTIAL_MISSING = 52161
/** Of a provider's word, this much is kept. */
const LOGGED_REASON = 300

export function createPushJobs(options: PushJobOptions): JobKind<Push> {
  const { chat, observe } = options
  return {
    queue: pushQueue,
    lanesPerTarget: LANES_PER_TARGET,
    findNext: findNextPush,
    async attempt(push) {
      const startedAt = chat.now()
      const result = await deliver(options, push)
      const endedAt = chat.now()
      const verdict = judge(push, result, push.createdAt + options.ttlMs - endedAt)
      observe(push, verdict)
      const times = { lastAttemptAt: startedAt, durationMs: endedAt - startedAt, updatedAt: endedAt }
      return {
        verdict,
        targetFailure: result.kind === 'later' && result.whole ? { pauseMs: result.afterMs } : null,
        save: (tx) => save(tx, { ...withResult(push, result, verdict), ...times }),
      }
    },
  }
}

async function deliver({ chat, senders, ttlMs }: PushJobOptions, push: Push): Promise<PushResult> {
  const startedAt = chat.now()
  const expiresAt = push.createdAt + ttlMs
  if (startedAt >= expiresAt) return refused(push.reason ?? 'too old to be of use', push.errorCode)
  const binding = await findBinding(chat.db, push.serviceSid, push.bindingSid)
  if (!binding) return refused('the device is no longer registered', null)
  const credential = await findCredential(chat.db, push.accountSid, binding.credentialSid)
  if (!credential) return refused(`there is no credential ${binding.credentialSid}`, CREDENTIAL_MISSING)
  const result = await senders.send({ push, binding, credential, expiresAt })
  if (result.kind === 'dead') await bury(chat, push, binding, result.since ?? startedAt)
  return result
}

function bury(chat: Chat, push: Push, binding: Binding, since: number): Promise<boolean> {
  return removeDeadBinding(chat, push.accountSid, binding, since)
}

/** `leftMs`: how long it is still of use. */
function judge(push: Push, result: PushResult, leftMs: number): Verdict {
  if (result.kind === 'accepted') return { kind: 'delivered' }
  if (result.kind !== 'later') return { kind: 'failed' }
  const growing = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(push.attempts, 20))
  const afterMs = Math.max(jittered(growing), result.afterMs ?? 0)
  return afterMs < leftMs ? { kind: 'retry', afterMs } : { kind: 'failed' }
}

function withResult(push: Push, result: PushResult, verdict: Verdict): Push {
  const failed = result.kind === 'accepted' ? null : result
  return {
    ...push,
    state: stateAfter(verdict),
    attempts: push.attempts + 1,
    responseStatus: result.status,
    reason: failed?.reason.slice(0, LOGGED_REASON).replaceAll('\0', '\uFFFD') ?? null,
    errorCode: failed?.code ?? null,
  }
}

/** Without a log nothing stays of a push that went out, and of one that failed only why. */
function save(tx: Tx, push: Push): void {
  if (push.state === 'delivered' && push.logged === 0) deletePush(tx, push.sid)
  else updatePush(tx, push.state === 'failed' && push.logged === 0 ? { ...push, payload: '{}' } : push)
}
