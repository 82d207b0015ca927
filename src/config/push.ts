// The settings of push notifications.
import { readFileSync } from 'node:fs'
import { getCACertificates } from 'node:tls'
import { isWebUrl } from '../chat/values.ts'
import type { Setting } from '../config.ts'
import type { PushSettings } from '../delivery/push/push.ts'

/** `time` reads a text such as `7d` as milliseconds. */
export function readPush(
  setting: Setting,
  time: (text: string) => number | undefined,
  retentionMs: number,
): PushSettings {
  const url = (name: string, fallback: string) =>
    setting(name, fallback, 'an absolute http or https URL', (text) =>
      isWebUrl(text) && !/[?#]/.test(text) ? text.replace(/\/+$/, '') : undefined,
    )
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
      parseOrigins,
    ),
    ca: setting<string[] | null>(
      'PARLEY_PUSH_CA_FILE',
      null,
      'a readable file of certificates in PEM form',
      readAuthorities,
    ),
    ttlMs: setting('PARLEY_PUSH_TTL', 86_400_000, 'a time such as 1d, 12h, 30m or 90s', time),
    retentionMs,
  }
}

function parseOrigins(text: string): ReadonlySet<string> | undefined {
  const origins = text.split(',').map((origin) => origin.trim())
  const areOrigins = origins.every((origin) => isWebUrl(origin) && URL.parse(origin)?.origin === origin)
  return areOrigins ? new Set(origins) : undefined
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
