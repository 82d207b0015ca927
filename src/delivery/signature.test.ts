import fc from 'fast-check'
import twilio from 'twilio'
import { expect, test } from 'vitest'
import type { WebhookParameters } from '../chat/webhook-dialect.ts'
import { signWebhook } from './signature.ts'

const TOKEN = '12345678901234567890123456789012'
const URL_OF_HOOK = 'https://hooks.example.org/chat/post?src=svc'

test('a POST is signed as in the published example', () => {
  const parameters: WebhookParameters = [
    ['AccountSid', 'AC00000000000000000000000000000001'],
    ['EventType', 'onMessageSent'],
    ['InstanceSid', 'IS00000000000000000000000000000001'],
    ['ChannelSid', 'CH00000000000000000000000000000001'],
    ['MessageSid', 'IM00000000000000000000000000000001'],
    ['Index', '0'],
    ['Body', 'Hi there & welcome'],
    ['From', 'alice'],
    ['Attributes', '{}'],
    ['DateCreated', '2024-05-06T07:08:09.123Z'],
    ['ClientIdentity', 'alice'],
    ['Source', 'SDK'],
    ['RetryCount', '0'],
  ]

  expect(signWebhook(TOKEN, URL_OF_HOOK, parameters)).toBe('TDGtkBoDVz4+Cxxq0V76ToNoXOY=')
})

test('a GET is signed by its URL alone', () => {
  const url = 'https://hooks.example.org/chat/post?EventType=onMessageSent&Body=Hi%20there&Index=0'

  expect(signWebhook(TOKEN, url, [])).toBe('yse4WvGxNFSH72gHEMwMKjBxEC0=')
})

test('a repeated name counts each distinct value once, in any order', () => {
  const signed = signWebhook(TOKEN, URL_OF_HOOK, [
    ['Filter', 'b'],
    ['Filter', 'a'],
    ['Filter', 'b'],
  ])

  expect(signed).toBe(
    signWebhook(TOKEN, URL_OF_HOOK, [
      ['Filter', 'a'],
      ['Filter', 'b'],
    ]),
  )
  expect(twilio.validateRequest(TOKEN, signed, URL_OF_HOOK, { Filter: ['b', 'a', 'b'] })).toBe(true)
})

test('names are sorted by their bytes: capitals come before small letters', () => {
  const signed = signWebhook(TOKEN, URL_OF_HOOK, [
    ['isOnline', 'true'],
    ['IsOnline', 'true'],
    ['Index', '7'],
  ])
  const parameters = { IsOnline: 'true', isOnline: 'true', Index: '7' }

  expect(twilio.validateRequest(TOKEN, signed, URL_OF_HOOK, parameters)).toBe(true)
})

const pair = fc.tuple(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a', 'A', 'ab')), fc.string())
const cases = fc.tuple(fc.string({ minLength: 1 }), fc.webUrl({ withQueryParameters: true }), fc.array(pair))

test('the official library accepts the signature of any parameters', () => {
  fc.assert(
    fc.property(cases, ([token, url, parameters]) => {
      expect(
        twilio.validateRequest(token, signWebhook(token, url, parameters), url, toRecord(parameters)),
      ).toBe(true)
    }),
  )
})

test('the official library refuses it for another token, another URL or one more parameter', () => {
  fc.assert(
    fc.property(cases, ([token, url, parameters]) => {
      const signed = signWebhook(token, url, parameters)
      const record = toRecord(parameters)

      expect(twilio.validateRequest(`${token}x`, signed, url, record)).toBe(false)
      expect(twilio.validateRequest(token, signed, `${url}x`, record)).toBe(false)
      expect(twilio.validateRequest(token, signed, url, toRecord([...parameters, ['more', 'x']]))).toBe(false)
    }),
    { numRuns: 50 },
  )
})

/** As a web framework hands a form over: a repeated name is a list. */
function toRecord(parameters: WebhookParameters): Record<string, string | string[]> {
  const byName = Map.groupBy(parameters, ([name]) => name)
  return Object.fromEntries([...byName].map(([name, pairs]) => [name, pairs.map(([, value]) => value)]))
}
