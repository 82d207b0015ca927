// The examples of docs/push.md, run as they stand there.
import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { makeAppleCertificate, makeAppleKey } from '../support/push/certificates.ts'
import { startScene } from '../support/push/scene.ts'
import { ACCOUNT_SID, AUTH_TOKEN } from '../support/server.ts'

const ROOT = join(import.meta.dirname, '../..')
const examples = [...readFileSync(join(ROOT, 'docs/push.md'), 'utf8').matchAll(/```sh\n([^`]+)```/g)].map(
  ([, script = '']) => script,
)
const hasTools = ['curl', 'openssl'].every((tool) => spawnSync(tool, ['version']).error === undefined)

test.skipIf(!hasTools)('every example does what it says', { timeout: 60_000 }, async () => {
  await using scene = await startScene()
  const folder = await mkdtemp(join(tmpdir(), 'parley-docs-'))
  await prepare(folder, scene.fcm.account.json)
  await scene.service.users.create({ identity: 'bob' })
  await scene.service.channels.create({ uniqueName: 'general' })
  const env = {
    ...{ PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`, HOME: folder },
    ...{ PARLEY: scene.server.url, SERVICE: scene.serviceSid },
    ...{ PARLEY_ACCOUNT_SID: ACCOUNT_SID, PARLEY_AUTH_TOKEN: AUTH_TOKEN },
  }

  const outputs: string[] = []
  for (const script of examples) {
    const { stdout } = await promisify(execFile)('sh', ['-ec', script], { cwd: folder, env })
    outputs.push(stdout)
  }
  await rm(folder, { recursive: true })

  expect(examples).toHaveLength(7)
  expect(JSON.parse(outputs[0] ?? '').notifications.new_message).toEqual({
    ...{ enabled: true, sound: 'default', badge_count_enabled: true },
    template: '${USER} in ${CHANNEL}: ${MESSAGE}',
  })
  for (const [i, type] of ['apn', 'apn', 'fcm', 'fcm'].entries()) {
    expect(JSON.parse(outputs[i + 1] ?? '')).toMatchObject({ sid: expect.stringMatching(/^CR/), type })
  }
  expect(outputs[5]).toContain('"summary":"bob has no device registered')
  expect(outputs[6]).toContain('"pushes":[]')
  await expectUsable(scene)
})

/** Every credential that the examples made can be used. */
async function expectUsable(scene: Awaited<ReturnType<typeof startScene>>): Promise<void> {
  const made = (await scene.server.client.chat.v2.credentials.list()).filter(
    ({ sid }) => sid !== scene.fcmCredential,
  )
  const keys = { p256dh: `B${'A'.repeat(86)}`, auth: 'A'.repeat(22) }
  const addresses = ['aa', 'bb', 'cc', JSON.stringify({ endpoint: 'https://push.example.org/1', keys })]
  for (const [i, { sid, type }] of made.entries()) {
    const device = { channelType: type, address: addresses[i], endpointId: `device ${i}`, credentialSid: sid }
    await scene.register('bob', device)
  }
  const path = `/parley/v1/Services/${scene.serviceSid}/Users/bob/PushDiagnosis`
  const { body } = await scene.server.request('GET', path)
  expect(body.summary).toBe('A push would be sent now, to 4 devices')
}

/** The files that the examples take for granted. */
async function prepare(folder: string, serviceAccount: string): Promise<void> {
  const { certificate, privateKey } = await makeAppleCertificate('org.example.chat')
  await writeFile(join(folder, 'apple.pem'), `${certificate}\n${privateKey}`)
  const pack = ['pkcs12', '-export', '-in', 'apple.pem', '-out', 'push.p12', '-passout', 'pass:secret']
  expect(spawnSync('openssl', pack, { cwd: folder }).status).toBe(0)
  await writeFile(join(folder, 'AuthKey_ABC1234567.p8'), makeAppleKey().privateKey)
  await writeFile(join(folder, 'service-account.json'), serviceAccount)
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
}
