// The settings of push notifications.
import { readFileSync } from 'node:fs'
import { getCACertificates } from 'node:tls'
import type { PushSettings } from '../delivery/push/push.ts'
import { DAY_MS, parseBaseUrl, parseOrigins, parseTime, type Setting } from './setting.ts'

export function readPush(setting: Setting, retentionMs: number): PushSettings {
  const url = (name: string, fallback: string) =>
    setting(name, fallback, 'an absolute http or https URL', parseBaseUrl)
  return {
    apns: {
      production: url('PARLEY_APNS_URL', 'https://api.push.apple.com'),
      sandbox: url('PARLEY_APNS_SANDBOX_URL', 'https://api.sandbox.push.apple.com'),
    },
    fcm: {
      url: url('PARLEY_FCM_URL', 'https://fcm.googleapis.com'),
      tokenUrl: url('PARLEY_FCM_TOKEN_URL', 'https://oauth2.googleapis.com/token'),
      priority: setting<'high' | 'normal'>('PARLEY_FCM_PRIORITY', 'high', 'high or normal', (text) =>
        text === 'high' || text === 'normal' ? text : undefined,
      ),
    },
    webPushOrigins: setting<ReadonlySet<string>>(
      'PARLEY_WEB_PUSH_ORIGINS',
      new Set(),
      'a list of origins',
      parseOriginSet,
    ),
    ca: setting<string[] | null>(
      'PARLEY_PUSH_CA_FILE',
      null,
      'a readable file of certificates in PEM form',
      readAuthorities,
    ),
    ttlMs: setting('PARLEY_PUSH_TTL', DAY_MS, 'a time such as 1d, 12h, 30m or 90s', parseTime),
    retentionMs,
  }
}

function parseOriginSet(text: string): ReadonlySet<string> | undefined {
  const origins = parseOrigins(text)
  return origins && new Set(origins)
}

/** With the authorities that are trusted anyway. */
function readAuthorities(path: string): string[] | undefined {
  try {
    const pem = readFileSync(path, 'utf8')
    return pem.includes('-----BEGIN CERTIFICATE-----') ? [...getCACertificates('default'), pem] : undefined
  } catch {
    return undefined
  }
}
