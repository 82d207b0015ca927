// All senders behind one call: who sends is decided by the credential.
import { findMismatch } from '../../chat/push-fit.ts'
import {
  type ProviderCredential,
  readProviderCredential,
  UnusableCredential,
} from '../../lib/push-credentials.ts'
import type { Binding } from '../../store/bindings.ts'
import type { Credential } from '../../store/credentials.ts'
import type { Push } from '../../store/pushes.ts'
import { createHttpExchange } from '../http-exchange.ts'
import { lookUpPublic } from '../private-addresses.ts'
import { createApnsSender } from './apns.ts'
import { apnsCodes, fcmCodes } from './codes.ts'
import { createFcmSender } from './fcm.ts'
import { PerCredential } from './per-credential.ts'
import { type PushResult, type Refused, refused } from './result.ts'
import type { Outgoing } from './sender.ts'
import { createWebPushSender } from './web-push.ts'

export type ProviderSettings = {
  apns: { production: string; sandbox: string }
  fcm: { url: string; tokenUrl: string; priority: 'high' | 'normal' }
  /** Origins of push services that may be in a private network, or without TLS. */
  webPushOrigins: ReadonlySet<string>
  /** Certificate authorities in PEM form that are trusted besides the usual ones; null for just these. */
  ca: string[] | null
}

type PushToSend = { push: Push; binding: Binding; credential: Credential; expiresAt: number }

export type Senders = {
  /** Never throws. */
  send(toSend: PushToSend): Promise<PushResult>
  close(): void
}

/** With what has to be done around it, less than the lease of a lane. */
const TIMEOUT_MS = 8_000
/** Certificates end. */
const REREAD_MS = 60_000
const UNUSABLE = {
  apn: apnsCodes.badCredentials,
  fcm: fcmCodes.keyInvalid,
  gcm: fcmCodes.keyInvalid,
} as const

export function createSenders(
  { apns, fcm, webPushOrigins, ca }: ProviderSettings,
  now: () => number,
): Senders {
  const http = createHttpExchange({ ...(ca && { ca }) })
  const publicHttp = createHttpExchange({ lookup: lookUpPublic, ...(ca && { ca }) })
  const apnsSender = createApnsSender({ ...apns, ca, now })
  const fcmSender = createFcmSender({ ...fcm, http, now })
  const webPushSender = createWebPushSender({
    http: publicHttp,
    trustedHttp: http,
    trustedOrigins: webPushOrigins,
    now,
  })

  function dispatch(outgoing: Outgoing, signal: AbortSignal): Promise<PushResult> {
    const { access } = outgoing
    if (access.provider === 'fcm') return fcmSender.send({ ...outgoing, access }, signal)
    if (access.provider === 'web-push') return webPushSender.send({ ...outgoing, access }, signal)
    return apnsSender.send({ ...outgoing, access }, signal)
  }

  const known = new PerCredential<{ access: ProviderCredential | Refused; readAt: number }>()

  function accessOf(credential: Credential): ProviderCredential | Refused {
    const read = () => ({ access: readAccess(credential, now()), readAt: now() })
    const kept = known.get(credential, read)
    if (now() - kept.readAt < REREAD_MS) return kept.access
    known.forget(credential, kept)
    return known.get(credential, read).access
  }

  return {
    async send({ push, binding, credential, expiresAt }) {
      const access = accessOf(credential)
      if ('kind' in access) return access
      const mismatch = findMismatch(binding, credential, access)
      if (mismatch) return refused(mismatch, fcmCodes.badToken)
      return dispatch({ push, binding, credential, access, expiresAt }, AbortSignal.timeout(TIMEOUT_MS))
    },
    close() {
      for (const part of [apnsSender, fcmSender, webPushSender, http, publicHttp]) part.close()
    },
  }
}

function readAccess(credential: Credential, now: number): ProviderCredential | Refused {
  try {
    return readProviderCredential(credential, now)
  } catch (error) {
    if (error instanceof UnusableCredential) return refused(error.message, UNUSABLE[credential.type])
    throw error
  }
}
