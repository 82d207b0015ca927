// The access tokens in use: one for each credential, asked for once however many pushes wait for it.
import type { Credential } from '../../store/credentials.ts'
import { describeFailure, type HttpExchange } from '../http-exchange.ts'
import { fcmCodes } from './codes.ts'
import { type AccessToken, requestToken, type ServiceAccount } from './fcm-token.ts'
import { PerCredential } from './per-credential.ts'
import { type PushResult, unanswered } from './result.ts'

type FcmTokensOptions = { http: HttpExchange; tokenUrl: string; now(): number }

type Grant = { asked: Promise<AccessToken | PushResult>; granted: AccessToken | null }

const TIMEOUT_MS = 5_000
/** Before its end, so that it does not end under way. */
const MARGIN_MS = 60_000

export class FcmTokens {
  readonly #options: FcmTokensOptions
  readonly #grants = new PerCredential<Grant>()

  constructor(options: FcmTokensOptions) {
    this.#options = options
  }

  /** A token, or what is to become of the push without one. */
  async get({ credential, access }: { credential: Credential; access: ServiceAccount }) {
    const make = (): Grant => ({ asked: this.#ask(access), granted: null })
    let grant = this.#grants.get(credential, make)
    if (grant.granted && grant.granted.expiresAt - MARGIN_MS <= this.#options.now()) {
      this.#grants.forget(credential, grant)
      grant = this.#grants.get(credential, make)
    }
    const answer = await grant.asked
    if ('token' in answer) grant.granted = answer
    else this.#grants.forget(credential, grant)
    return answer
  }

  /** Drops the token that FCM does not take. */
  forget(credential: Credential, token: string): void {
    const grant = this.#grants.peek(credential)
    if (grant?.granted?.token === token) this.#grants.forget(credential, grant)
  }

  async #ask(account: ServiceAccount): Promise<AccessToken | PushResult> {
    const { http, tokenUrl, now } = this.#options
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    try {
      return await requestToken(http, tokenUrl, account, now(), signal)
    } catch (error) {
      return unanswered(`no access token: ${describeFailure(error, signal)}`, fcmCodes.unavailable)
    }
  }
}
