// Wrong values for every parameter of their kind: the documented code (rest-v2.md §1.3, §2, appendix A), and
// nothing changed. The parameters are taken from the operations, so that a new one has to find its place here.
import { expect, test } from 'vitest'
import { chatV2Operations } from '../../src/api/chat-v2/operations.ts'
import type { Field } from '../../src/api/http/fields.ts'
import type { Operation } from '../../src/api/http/operation.ts'
import { describeAnswer } from '../support/answers.ts'
import { COMPLETE_FORMS, fillPath, givenFurnishedService, readAll } from '../support/furnished-service.ts'
import { startServer } from '../support/server.ts'

type Schema = { type?: string; format?: string; enum?: string[]; pattern?: string; items?: Schema }
type Parameter = { operation: Operation; name: string; schema: Schema }
type Codes = Record<string, string>

/** Objects of JavaScript have these; our tables must not. */
const INHERITED = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']

test('an integer is decimal digits in range', async () => {
  const wrong = [
    '-1',
    '-99999999999999999999',
    '1.5',
    '1e3',
    '1e30',
    '99999999999999999999',
    '0x10',
    'x',
    'NaN',
  ]
  const codes = {
    TypingIndicatorTimeout: '400/50053',
    ConsumptionReportInterval: '400/50052',
    'Limits.ChannelMembers': '400/50061',
    'Limits.UserChannels': '400/50060',
    PreWebhookRetryCount: '400/50065',
    PostWebhookRetryCount: '400/50065',
    'Configuration.RetryCount': '400/50065',
    LastConsumedMessageIndex: '400/50406',
  }
  await expectRefused(
    inForms(({ type }) => type === 'integer'),
    codes,
    wrong,
  )
})

test('a boolean is true or false', async () => {
  const parameters = inForms(({ type }) => type === 'boolean')
  const codes = Object.fromEntries(parameters.map(({ name }) => [name, '400/20001']))
  expect(Object.keys(codes)).toContain('Notifications.NewMessage.BadgeCountEnabled')
  const wrong = ['yes', 'no', '1', '0', 'on', 'truefalse', 'null', 'undefined', ' true', '']
  await expectRefused(parameters, codes, wrong)
})

test('a date is a day that exists, with a time and a zone', async () => {
  const wrong = [
    ...['2024-02-30T00:00:00Z', '2023-02-29T00:00:00Z', '2024-13-01T00:00:00Z', '2024-00-01T00:00:00Z'],
    ...['2024-01-00T00:00:00Z', '2024-01-01T24:00:01Z', '2024-01-01T00:60:00Z', '2024-01-01T00:00:61Z'],
    ...['2024-01-01', '2024-01-01T00:00:00', '2024-01', '2024', '1704067200', '1704067200000', 'now', 'NaN'],
    ...['Mon, 01 Jan 2024 00:00:00 GMT', '2024-01-01T00:00:00+25:00', '2024-01-01T00:00:00ZZ', 'Z'],
  ]
  const codes = {
    DateCreated: '400/50308',
    DateUpdated: '400/50309',
    LastConsumptionTimestamp: '400/50405',
  }
  await expectRefused(
    inForms(({ format }) => format === 'date-time'),
    codes,
    wrong,
  )
})

test('a date that is outside of the years 0 to 9999 in UTC cannot be told, and is refused', async () => {
  const wrong = ['0000-01-01T00:00:00+00:01', '9999-12-31T23:59:59-00:01', '+010000-01-01T00:00:00Z']
  const codes = {
    DateCreated: '400/50308',
    DateUpdated: '400/50309',
    LastConsumptionTimestamp: '400/50405',
  }
  await expectRefused(
    inForms(({ format }) => format === 'date-time'),
    codes,
    wrong,
  )
})

test('a word out of a list is one of the list', async () => {
  const codes = {
    'CreateCredential.Type': '400/20001',
    'CreateRole.Type': '400/50105',
    'CreateChannel.Type': '400/20001',
    'UpdateChannelType.Type': '400/20001',
    'CreateChannelWebhook.Type': '400/50324',
    'UpdateUserChannel.NotificationLevel': '400/50210',
    'UpdateService.WebhookMethod': '400/50055',
    'UpdateService.WebhookFilters': '400/50054',
    'CreateChannelWebhook.Configuration.Method': '400/50055',
    'UpdateChannelWebhook.Configuration.Method': '400/50055',
    'CreateChannelWebhook.Configuration.Filters': '400/50325',
    'UpdateChannelWebhook.Configuration.Filters': '400/50325',
  }
  const parameters = inForms((schema) => (schema.items ?? schema).enum !== undefined)
  await expectRefused(parameters, codes, ['x', 'public,private', ...INHERITED])
})

test('a filter of a list is one of its words', async () => {
  await using server = await startServer()
  const { sids } = await givenFurnishedService(server)
  const codes: Codes = {
    'ListChannel.Type': '400/20001',
    'ListMessage.Order': '400/20001',
    'ListBinding.BindingType': '400/50209',
    'ListUserBinding.BindingType': '400/50209',
  }
  const found: Codes = {}

  for (const operation of chatV2Operations) {
    for (const [name, { schema }] of Object.entries(operation.query) as [string, Field<unknown>][]) {
      const { items = schema as Schema } = schema as Schema
      if (!items.enum) continue
      for (const value of ['x', '', ...INHERITED]) {
        const path = `${fillPath(operation, sids)}?${name}=${value}`
        found[`${operation.id}.${name}`] = describeAnswer(await server.request('GET', path))
      }
    }
  }
  expect(found).toEqual(codes)
})

test('a SID has its prefix and 32 hex digits', async () => {
  const codes = {
    RoleSid: '400/50100',
    DefaultServiceRoleSid: '400/50102',
    DefaultChannelRoleSid: '400/50101',
    DefaultChannelCreatorRoleSid: '400/50106',
    MediaSid: '400/50510',
    'Configuration.FlowSid': '400/50327',
    MessagingServiceSid: '400/20001',
  }
  const digits = '0'.repeat(32)
  const wrong = [
    'x',
    digits,
    `XX${digits}`,
    'RL',
    'ME0',
    `RL${digits}0`,
    `FW${'g'.repeat(32)}`,
    `ME${digits}\n`,
  ]
  const parameters = inForms((schema, name) => schema.pattern !== undefined || name.endsWith('Sid'))
  await expectRefused(parameters, codes, [...wrong, ...INHERITED])
})

test('a list of permissions holds only permissions', async () => {
  const parameters = inForms((_, name) => name === 'Permission')
  expect(parameters.map(({ operation }) => operation.id)).toEqual(['CreateRole', 'UpdateRole'])
  await expectRefused(parameters, { Permission: '400/50104' }, ['x', '', 'sendmessage', ...INHERITED])
})

test('the size of a page is a number from 1', async () => {
  await using server = await startServer()
  const { sids } = await givenFurnishedService(server)

  for (const operation of chatV2Operations.filter(({ list }) => list !== null)) {
    for (const size of ['0', '-1', '1.5', '1e3', '0x10', 'x', '']) {
      const answer = await server.request('GET', `${fillPath(operation, sids)}?PageSize=${size}`)
      expect([operation.id, size, describeAnswer(answer)]).toEqual([operation.id, size, '400/20001'])
    }
    for (const size of ['1001', '999999999999', '99999999999999999999']) {
      const answer = await server.request('GET', `${fillPath(operation, sids)}?PageSize=${size}`)
      expect([operation.id, size, answer.status]).toEqual([operation.id, size, 200])
      expect(answer.body.meta.page_size).toBe(operation.list?.maxPageSize)
    }
  }
})

function inForms(isWanted: (schema: Schema, name: string) => boolean): Parameter[] {
  return chatV2Operations.flatMap((operation) =>
    Object.entries(operation.form)
      .map(([name, { schema }]) => ({ operation, name, schema: schema as Schema }))
      .filter(({ name, schema }) => isWanted(schema, name)),
  )
}

/** Sends each wrong value for each parameter. `codes` must have every parameter, by name or by operation and name. */
async function expectRefused(parameters: Parameter[], codes: Codes, wrong: string[]): Promise<void> {
  await using server = await startServer()
  const { sids } = await givenFurnishedService(server)
  const before = await readAll(server, chatV2Operations, sids)

  const keyOf = ({ operation, name }: Parameter): string => {
    const qualified = `${operation.id}.${name}`
    return Object.hasOwn(codes, qualified) ? qualified : name
  }
  expect([...new Set(parameters.map(keyOf))].sort()).toEqual(Object.keys(codes).sort())
  for (const parameter of parameters) {
    const { operation, name } = parameter
    for (const value of wrong) {
      const form = { ...COMPLETE_FORMS[operation.id], [name]: value }
      const answer = await server.request('POST', fillPath(operation, sids), { form })
      const where = [operation.id, name, value]
      expect([...where, describeAnswer(answer)]).toEqual([...where, codes[keyOf(parameter)]])
    }
  }
  expect(await readAll(server, chatV2Operations, sids)).toEqual(before)
}
