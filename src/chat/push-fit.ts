// Whether a device and a credential go together.
import type { ProviderCredential } from '../lib/push-credentials.ts'
import { readSubscription } from '../lib/web-push-subscription.ts'
import type { Binding } from '../store/bindings.ts'
import type { Credential } from '../store/credentials.ts'

/** What is wrong with the pair, for the operator; null when nothing is. `gcm` and `fcm` are one. */
export function findMismatch(
  binding: Pick<Binding, 'bindingType' | 'address'>,
  credential: Pick<Credential, 'type'>,
  access: ProviderCredential,
): string | null {
  if ((binding.bindingType === 'apn') !== (credential.type === 'apn')) {
    return `the device was registered for ${binding.bindingType}, its credential is for ${credential.type}`
  }
  const isBrowser = readSubscription(binding.address) !== undefined
  if (isBrowser && access.provider === 'fcm') {
    return 'the address is a subscription for Web Push, and the credential has no VAPID keys'
  }
  if (!isBrowser && access.provider === 'web-push') {
    return 'the credential has VAPID keys, and the address is no subscription for Web Push'
  }
  return null
}
