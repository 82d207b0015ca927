// `parley token`: an access token as the official library would make it.
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import twilio from 'twilio'
import { describe, expect, test } from 'vitest'
import { createService } from '../../src/chat/services.ts'
import { startOn } from '../support/apps.ts'
import { ENGINES, givenDatabase, type TestDatabase } from '../support/databases.ts'
import { PINS, runParley, serve, spawnParley } from '../support/process.ts'
import { ACCOUNT_SID, API_KEY_SECRET, API_KEY_SID } from '../support/server.ts'

const { AccessToken } = twilio.jwt
const CREDENTIAL_SID = `CR${'c'.repeat(32)}`

/** The sid of a service in this database. */
async function givenService(database: TestDatabase): Promise<string> {
  await using running = await startOn(database)
  return (await createService(running.app.chat, running.caller, { friendlyName: 'tokens' })).sid
}

/** The one line that the command printed. */
async function mint(database: TestDatabase, args: string[], env = PINS): Promise<string> {
  const { code, stdout, stderr } = await runParley(['token', ...args], { DATABASE_URL: database.url, ...env })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
  return stdout
}

function officialToken(
  identity: string,
  ttl: number,
  grant: ConstructorParameters<typeof AccessToken.ChatGrant>[0],
): string {
  const token = new AccessToken(ACCOUNT_SID, API_KEY_SID, API_KEY_SECRET, { identity, ttl })
  token.addGrant(new AccessToken.ChatGrant(grant))
  return token.toJwt()
}

/** Header and payload, with the times relative to each other. */
function contentOf(token: string) {
  const { iat = 0, exp = 0, jti, ...payload } = decodeJwt(token)
  const header = decodeProtectedHeader(token)
  return { header, payload, lifetime: exp - iat, jti: jti?.replace(String(iat), 'IAT') }
}

describe.each(ENGINES)('%s', (engine) => {
  test('the token is signed with the API key and reads as the one of the official library', async () => {
    await using database = await givenDatabase(engine)
    const serviceSid = await givenService(database)
    const plain = await mint(database, ['--service', serviceSid, '--identity', 'alice'])
    const full = await mint(database, [
      ...['--service', serviceSid, '--identity', 'zoë@example.org x'],
      ...['--ttl', '86400', '--push-credential', CREDENTIAL_SID],
    ])

    const secret = new TextEncoder().encode(API_KEY_SECRET)
    const checks = { issuer: API_KEY_SID, subject: ACCOUNT_SID, algorithms: ['HS256'] }
    for (const token of [plain, full]) await jwtVerify(token, secret, checks)
    const pushCredentialSid = CREDENTIAL_SID
    expect(contentOf(plain)).toEqual(contentOf(officialToken('alice', 3600, { serviceSid })))
    expect(contentOf(full)).toEqual(
      contentOf(officialToken('zoë@example.org x', 86_400, { serviceSid, pushCredentialSid })),
    )
  })

  test('without other settings it signs with the key that is kept in the database', async () => {
    await using database = await givenDatabase(engine)
    const serviceSid = await givenService(database)
    const token = await mint(database, ['--identity=bob', `--service=${serviceSid}`], {})

    await jwtVerify(token, new TextEncoder().encode(API_KEY_SECRET), { issuer: API_KEY_SID })
  })
})

test('it works beside a running server, and for a service in upper case hex', async () => {
  await using database = await givenDatabase('sqlite')
  const serviceSid = await givenService(database)
  await using parley = serve(database)
  await parley.listening()
  const spelled = `IS${serviceSid.slice(2).toUpperCase()}`
  const token = await mint(database, ['--service', spelled, '--identity', 'alice'])

  expect(decodeJwt(token).grants).toEqual({ identity: 'alice', chat: { service_sid: serviceSid } })
})

test('wrong arguments end with status 2 and tell which one and what is expected', async () => {
  await using database = await givenDatabase('sqlite')
  const serviceSid = await givenService(database)
  const good = { service: serviceSid, identity: 'alice' }
  const cases: [Record<string, string>, RegExp][] = [
    [{ identity: 'alice' }, /--service must be .*IS/],
    [{ ...good, service: `IS${'0'.repeat(32)}` }, /no service IS0{32}/],
    [{ service: serviceSid }, /--identity/],
    [{ ...good, identity: 'system' }, /--identity.*reserved/i],
    [{ ...good, ttl: '86401' }, /--ttl must be .*86400/],
    [{ ...good, 'push-credential': 'CR1' }, /--push-credential must be .*CR/],
    [{ ...good, lifetime: '60' }, /--lifetime/],
  ]
  const run = async ([options, expected]: (typeof cases)[number]): Promise<void> => {
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
    const { code, stdout, stderr } = await runParley(['token', ...args], {
      DATABASE_URL: database.url,
      ...PINS,
    })

    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(expected)
    expect(stderr).not.toMatch(/^\s+at /m)
  }
  await Promise.all(cases.map(run))
})

test('asking for a token before the first start does not use up the one time that credentials are shown', async () => {
  await using database = await givenDatabase('sqlite')
  const env = { DATABASE_URL: database.url }
  const early = await runParley(['token', '--service', `IS${'0'.repeat(32)}`, '--identity', 'alice'], env)
  expect(early).toMatchObject({ code: 2, stdout: '' })

  await using parley = spawnParley(['serve'], { ...env, PORT: '0' })
  await parley.listening()
  expect(parley.lines.join('\n')).toMatch(/PARLEY_AUTH_TOKEN=\w+[\s\S]*PARLEY_API_KEY_SECRET=\w+/)
})
