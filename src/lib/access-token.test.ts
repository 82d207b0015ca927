import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { mintAccessToken, readAccessToken } from './access-token.ts'

const NOW = 1_800_000_000
const KEY = { accountSid: 'AC1', secret: 'secret' }
const findKey = (sid: string) => (sid === 'SK1' ? KEY : undefined)
const GRANTS = { identity: 'alice', chat: { service_sid: 'IS1' } }
const CLAIMS = { iss: 'SK1', sub: 'AC1', iat: NOW, exp: NOW + 3_600, grants: GRANTS }

const sign = (claims: object, alg = 'HS256', secret = KEY.secret): Promise<string> =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret))
const read = (jwt: string) => readAccessToken(jwt, findKey, NOW * 1000)
const codeOf = async (jwt: Promise<string>) =>
  read(await jwt).then(
    () => 'accepted',
    ({ code }: { code: number }) => code,
  )

test('what was minted is read', async () => {
  const jwt = await mintAccessToken({
    ...{ accountSid: 'AC1', apiKeySid: 'SK1', apiKeySecret: 'secret', identity: 'alice', serviceSid: 'IS1' },
    ...{ ttl: 60, pushCredentialSid: 'CR1', issuedAt: NOW },
  })
  expect(await read(jwt)).toEqual({
    ...{ apiKeySid: 'SK1', accountSid: 'AC1', identity: 'alice', serviceSid: 'IS1' },
    ...{ endpointId: null, roleSid: null, pushCredentialSid: 'CR1', expiresAt: (NOW + 60) * 1000 },
  })
})

test.each([
  ['as it should be', CLAIMS],
  ['the older name of the grant', { ...CLAIMS, grants: { identity: 'alice', ip_messaging: GRANTS.chat } }],
  ['an identity that is a number', { ...CLAIMS, grants: { ...GRANTS, identity: 7 } }],
  ['no iat', { ...CLAIMS, iat: undefined }],
  ['just expired, as clocks differ', { ...CLAIMS, exp: NOW - 50 }],
  ['valid in a moment, as clocks differ', { ...CLAIMS, nbf: NOW + 50 }],
  ['exactly a day', { ...CLAIMS, exp: NOW + 86_400 }],
  ['exactly a day, as clocks differ', { ...CLAIMS, iat: NOW + 50, exp: NOW + 86_450 }],
])('accepted: %s', async (_what, claims) => {
  expect(await codeOf(sign(claims))).toBe('accepted')
})

test.each(['HS384', 'HS512'])('accepted with %s', async (alg) => {
  expect(await codeOf(sign(CLAIMS, alg))).toBe('accepted')
})

test.each([
  ['no token', Promise.resolve(''), 20101],
  ['no token either', Promise.resolve('a.b.c'), 20101],
  ['a very long one', Promise.resolve('a'.repeat(100_000)), 20101],
  ['an unknown key', sign({ ...CLAIMS, iss: 'SK2' }), 20103],
  ['no key', sign({ ...CLAIMS, iss: undefined }), 20103],
  ['another account', sign({ ...CLAIMS, sub: 'AC2' }), 20103],
  ['expired', sign({ ...CLAIMS, exp: NOW - 100 }), 20104],
  ['no end', sign({ ...CLAIMS, exp: undefined }), 20104],
  ['not yet valid', sign({ ...CLAIMS, nbf: NOW + 100 }), 20105],
  ['no grants', sign({ ...CLAIMS, grants: undefined }), 20106],
  ['no identity', sign({ ...CLAIMS, grants: { chat: GRANTS.chat } }), 20106],
  ['an empty identity', sign({ ...CLAIMS, grants: { ...GRANTS, identity: '' } }), 20106],
  ['no service', sign({ ...CLAIMS, grants: { identity: 'alice', chat: {} } }), 20106],
  ['another secret', sign(CLAIMS, 'HS256', 'wrong'), 20107],
  ['more than a day', sign({ ...CLAIMS, exp: NOW + 86_401 }), 20157],
  ['years from now', sign({ ...CLAIMS, iat: NOW + 315_360_000, exp: NOW + 315_363_600 }), 20157],
])('refused: %s', async (_what, jwt, code) => {
  expect(await codeOf(jwt)).toBe(code)
})

test('a token that is not signed is refused by its header', async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  expect(await codeOf(Promise.resolve(`${part({ alg: 'none' })}.${part(CLAIMS)}.`))).toBe(20102)
})
