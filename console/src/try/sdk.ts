// The vendor's bundle, loaded as it is.
import type { Client } from 'twilio-chat-6'

declare global {
  interface Window {
    Twilio?: { Chat: { Client: typeof Client } }
  }
}

const BUNDLE = '/console/vendor/twilio-chat-6.0.0.min.js'
let loading: Promise<typeof Client> | undefined

/** The SDK's client, once for the page. Rejects when the bundle cannot be loaded; the next call tries again. */
export function loadSdk(): Promise<typeof Client> {
  loading ??= loadBundle().catch((error: unknown) => {
    loading = undefined
    throw error
  })
  return loading
}

function loadBundle(): Promise<typeof Client> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script')
    script.src = BUNDLE
    script.onload = () => {
      const sdk = window.Twilio?.Chat.Client
      if (sdk) resolve(sdk)
      else reject(new Error('The SDK has loaded without a client'))
    }
    script.onerror = () => reject(new Error('The SDK could not be loaded'))
    document.head.append(script)
  })
}
