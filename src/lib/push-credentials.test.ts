// Certificates, keys and JSON as operators paste them, right and wrong.
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  makeAppleCertificate,
  makeAppleKey,
  makeCertificate,
  makeServiceAccount,
} from '../../test/support/push/certificates.ts'
import { readProviderCredential, type StoredCredential, UnusableCredential } from './push-credentials.ts'

const NOW = Date.now()
const TOKEN_KEY = { key_id: 'KEY', team_id: 'TEAM', bundle_id: 'org.example.app' }
const vapid = { subject: 'mailto:a@example.org', publicKey: `B${'A'.repeat(86)}`, privateKey: 'A'.repeat(43) }

function read(given: Partial<StoredCredential>, now = NOW) {
  const nothing = { certificate: null, privateKey: null, apiKey: null, secret: null }
  return readProviderCredential({ type: 'apn', ...nothing, ...given }, now)
}

function problemOf(given: Partial<StoredCredential>, now = NOW): string {
  try {
    read(given, now)
  } catch (error) {
    if (error instanceof UnusableCredential) return error.message
    throw error
  }
  return 'none'
}

test('a certificate names the app in its subject, also with text around it', async () => {
  const { certificate, privateKey } = await makeAppleCertificate('org.example.app')
  const exported = `Bag Attributes\n    friendlyName: push\nsubject=/UID=x\n${certificate}\n`

  for (const text of [certificate, exported]) {
    const access = read({ certificate: text, privateKey })
    expect(access).toMatchObject({ provider: 'apns', topic: 'org.example.app' })
    expect(access).toMatchObject({ certificate: expect.stringContaining('-----BEGIN CERTIFICATE-----') })
  }
})

test('keys are taken in each of the forms that OpenSSL writes', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const account = (pem: string | Buffer) => ({
    secret: JSON.stringify({ project_id: 'p', client_email: 'e', private_key: pem.toString() }),
  })
  for (const type of ['pkcs1', 'pkcs8'] as const) {
    const access = read({ type: 'fcm', ...account(privateKey.export({ type, format: 'pem' })) })
    expect(access).toMatchObject({ provider: 'fcm', projectId: 'p', clientEmail: 'e', keyId: null })
    expect((access as { privateKey: KeyObject }).privateKey.equals(privateKey)).toBe(true)
  }
})

test('the type of a credential and the form of its texts tell what it is for', async () => {
  const { json, projectId } = makeServiceAccount('parley')
  const { privateKey } = makeAppleKey()

  expect(read({ type: 'gcm', apiKey: json })).toMatchObject({ provider: 'fcm', projectId, keyId: 'key-1' })
  expect(read({ certificate: JSON.stringify(TOKEN_KEY), privateKey })).toMatchObject({
    ...{ provider: 'apns-token', keyId: 'KEY', teamId: 'TEAM', topic: 'org.example.app' },
  })
  expect(read({ type: 'fcm', secret: JSON.stringify(vapid) })).toEqual({ provider: 'web-push', ...vapid })
})

test('what is wrong with a certificate or its key is said', async () => {
  const { certificate, privateKey } = await makeAppleCertificate('org.example.app')
  const other = await makeCertificate('CN=other')
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  })
  const json = JSON.stringify(TOKEN_KEY)
  const year = 366 * 86_400_000

  expect(problemOf({ certificate, privateKey: 'no key' })).toMatch(
    /^PrivateKey is no private key in PEM form/,
  )
  expect(problemOf({ certificate: 'none', privateKey })).toMatch(/^Certificate is neither/)
  expect(problemOf({ certificate: '[]', privateKey })).toMatch(/^Certificate is neither/)
  expect(problemOf({ certificate, privateKey: other.privateKey })).toBe(
    'PrivateKey is not the key of Certificate',
  )
  expect(problemOf({ certificate, privateKey }, NOW + year)).toMatch(/^Certificate ended on \d{4}-\d\d-\d\d$/)
  expect(problemOf({ certificate: json, privateKey: rsa.toString() })).toMatch(
    /^PrivateKey must be the \.p8 key/,
  )
  for (const name of Object.keys(TOKEN_KEY)) {
    const incomplete = JSON.stringify({ ...TOKEN_KEY, [name]: '' })
    expect(problemOf({ certificate: incomplete, privateKey })).toBe(`Certificate has no ${name}`)
  }
})

test('what is wrong with a service account or with VAPID keys is said', () => {
  const { json } = makeServiceAccount('parley')
  const of = (change: object) =>
    problemOf({ type: 'fcm', secret: JSON.stringify({ ...JSON.parse(json), ...change }) })
  const ofKeys = (change: object) =>
    problemOf({ type: 'fcm', secret: JSON.stringify({ ...vapid, ...change }) })

  expect(problemOf({ type: 'fcm', secret: 'AAAA:key' })).toMatch(
    /^Secret must be the JSON of a service account/,
  )
  expect(problemOf({ type: 'fcm' })).toMatch(/^Secret must be/)
  expect(problemOf({ type: 'gcm', apiKey: 'null', secret: json })).toMatch(/^ApiKey must be/)
  expect(of({ project_id: undefined })).toBe('the service account has no project_id')
  expect(of({ client_email: 7 })).toBe('the service account has no client_email')
  expect(of({ private_key: '-----BEGIN' })).toMatch(/^private_key of the service account is no private key/)
  expect(of({ private_key: makeAppleKey().privateKey })).toBe(
    'private_key of the service account is no RSA key',
  )
  expect(ofKeys({ subject: undefined })).toBe('Secret has no subject')
  expect(ofKeys({ subject: 'ops@example.org' })).toMatch(/^subject of the VAPID keys must be/)
  expect(ofKeys({ privateKey: 'short' })).toMatch(/^publicKey and privateKey must be VAPID keys/)
})
