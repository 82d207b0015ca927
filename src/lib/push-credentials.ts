// What an operator has from a push provider, as the Credential resource keeps it: certificates, keys, JSON.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { parseObject } from './json.ts'

export type StoredCredential = {
  type: 'apn' | 'gcm' | 'fcm'
  certificate: string | null
  privateKey: string | null
  apiKey: string | null
  secret: string | null
}

export type ProviderCredential =
  | { provider: 'apns'; topic: string | null; certificate: string; privateKey: string }
  | { provider: 'apns-token'; topic: string; keyId: string; teamId: string; privateKey: KeyObject }
  | { provider: 'fcm'; projectId: string; clientEmail: string; keyId: string | null; privateKey: KeyObject }
  | { provider: 'web-push'; subject: string; publicKey: string; privateKey: string }

/** The credential cannot be used; the message says why, for its owner. */
export class UnusableCredential extends Error {}

/** Milliseconds since 1970 count for certificates that end. Throws UnusableCredential. */
export function readProviderCredential(stored: StoredCredential, now: number): ProviderCredential {
  if (stored.type === 'apn') return readApns(stored.certificate ?? '', stored.privateKey ?? '', now)
  const text = stored.type === 'gcm' ? stored.apiKey : stored.secret
  const json = parseObject(text ?? '')
  if (!json) {
    const field = stored.type === 'gcm' ? 'ApiKey' : 'Secret'
    throw new UnusableCredential(
      `${field} must be the JSON of a service account of the Firebase project: FCM no longer takes server keys`,
    )
  }
  return 'publicKey' in json ? readWebPush(json) : readServiceAccount(json)
}

function readApns(certificate: string, key: string, now: number): ProviderCredential {
  const privateKey = readKey(key, 'PrivateKey')
  const json = parseObject(certificate)
  if (json) return readTokenKey(json, privateKey)
  const x509 = readCertificate(certificate)
  if (!x509.checkPrivateKey(privateKey)) {
    throw new UnusableCredential('PrivateKey is not the key of Certificate')
  }
  if (Date.parse(x509.validTo) <= now) {
    throw new UnusableCredential(`Certificate ended on ${new Date(x509.validTo).toISOString().slice(0, 10)}`)
  }
  const topic = /^UID=(.+)$/m.exec(x509.subject)?.[1]?.trim() ?? null
  return { provider: 'apns', topic, certificate: x509.toString(), privateKey: toPem(privateKey) }
}

function readTokenKey(json: Record<string, unknown>, privateKey: KeyObject): ProviderCredential {
  if (privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new UnusableCredential('PrivateKey must be the .p8 key that Apple gave for key_id')
  }
  const read = (name: string): string => requireText(json, name, 'Certificate')
  return {
    provider: 'apns-token',
    topic: read('bundle_id'),
    keyId: read('key_id'),
    teamId: read('team_id'),
    privateKey,
  }
}

function readServiceAccount(json: Record<string, unknown>): ProviderCredential {
  const read = (name: string): string => requireText(json, name, 'the service account')
  const privateKey = readKey(read('private_key'), 'private_key of the service account')
  if (privateKey.asymmetricKeyType !== 'rsa') {
    throw new UnusableCredential('private_key of the service account is no RSA key')
  }
  return {
    provider: 'fcm',
    projectId: read('project_id'),
    clientEmail: read('client_email'),
    keyId: typeof json.private_key_id === 'string' ? json.private_key_id : null,
    privateKey,
  }
}

function readWebPush(json: Record<string, unknown>): ProviderCredential {
  const read = (name: string): string => requireText(json, name, 'Secret')
  const subject = read('subject')
  if (!/^(mailto:|https:)/.test(subject)) {
    throw new UnusableCredential('subject of the VAPID keys must be a mailto: or https: address')
  }
  const keys = { publicKey: read('publicKey'), privateKey: read('privateKey') }
  const sizes = [keys.publicKey, keys.privateKey].map((key) => Buffer.from(key, 'base64url').length)
  if (sizes[0] !== 65 || sizes[1] !== 32) {
    throw new UnusableCredential('publicKey and privateKey must be VAPID keys in base64url')
  }
  return { provider: 'web-push', subject, ...keys }
}

function requireText(json: Record<string, unknown>, name: string, where: string): string {
  const value = json[name]
  if (typeof value === 'string' && value !== '') return value
  throw new UnusableCredential(`${where} has no ${name}`)
}

function readKey(pem: string, name: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch {
    throw new UnusableCredential(`${name} is no private key in PEM form without a passphrase`)
  }
}

function readCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch {
    throw new UnusableCredential('Certificate is neither a certificate in PEM form nor JSON for a token key')
  }
}

function toPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}
