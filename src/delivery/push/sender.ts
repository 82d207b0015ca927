// What a sender gets, whatever the provider.
import type { ProviderCredential } from '../../lib/push-credentials.ts'
import type { Binding } from '../../store/bindings.ts'
import type { Credential } from '../../store/credentials.ts'
import type { Push } from '../../store/pushes.ts'
import type { PushResult } from './result.ts'

export type Outgoing<Provider extends ProviderCredential['provider'] = ProviderCredential['provider']> = {
  push: Push
  binding: Binding
  credential: Credential
  /** The credential, read. */
  access: Extract<ProviderCredential, { provider: Provider }>
  /** Milliseconds since 1970: later it is of no use any more. */
  expiresAt: number
}

export type Sender<Provider extends ProviderCredential['provider']> = {
  /** Never throws; gives up when the signal says so. */
  send(outgoing: Outgoing<Provider>, signal: AbortSignal): Promise<PushResult>
  close(): void
}
