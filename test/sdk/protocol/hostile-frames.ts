// Bytes that look more or less like frames.
import fc from 'fast-check'

const json = fc.json({ maxDepth: 3 })
export const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array))
const method = fc.constantFrom(
  'init',
  'update',
  'message',
  'put_notification_ctx',
  'delete_notification_ctx',
  'ping',
  'reply',
  'notification',
  'client_update',
  'telemetry.v1',
  '',
  '__proto__',
)
const anything = fc.anything({ withBigInt: false, withDate: true, maxDepth: 2 })

/** A header that is nearly right. */
const header = fc.record(
  {
    method: fc.oneof({ weight: 8, arbitrary: method }, { weight: 1, arbitrary: anything }),
    id: fc.oneof(fc.constant('TM1'), anything),
    token: anything,
    registrations: anything,
    notification_ctx_id: anything,
    payload_size: fc.oneof(fc.nat(300), fc.integer(), anything),
    payload_type: fc.oneof(
      fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain'),
      anything,
    ),
    http_request: fc.oneof(
      anything,
      fc.record({
        method: anything,
        path: fc.oneof(fc.webPath(), anything),
        params: anything,
        headers: anything,
      }),
    ),
  },
  { requiredKeys: ['method'] },
)

function layOut([head, payload, magic, size, end]: [object, Buffer, string, number | null, string]): Buffer {
  const text = Buffer.from(JSON.stringify(head) ?? '')
  return Buffer.concat([
    Buffer.from(`${magic} ${size ?? text.length}${end}`),
    text,
    Buffer.from('\r\n'),
    payload,
  ])
}

export const hostileFrame: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 1, arbitrary: bytes },
  {
    weight: 1,
    arbitrary: fc
      .tuple(json, bytes)
      .map(([text, rest]) =>
        Buffer.concat([Buffer.from(`TWILSOCK V3.0 ${text.length}\r\n${text}\r\n`), rest]),
      ),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        header as fc.Arbitrary<object>,
        fc.oneof(
          bytes,
          json.map((text) => Buffer.from(text)),
        ),
        fc.constantFrom('TWILSOCK V3.0', 'TWILSOCK V3.0', 'TWILSOCK V3.0', 'TWILSOCK V4', 'GET /'),
        fc.oneof(
          { weight: 6, arbitrary: fc.constant(null) },
          { weight: 1, arbitrary: fc.integer({ min: -5, max: 2_000 }) },
        ),
        fc.constantFrom('\r\n', ' \r\n', '\n', ''),
      )
      .map(layOut),
  },
)
