// 3.x and 4.x upload to a host that is written into them (§1.3). What private DNS and a certificate do for an app is
// done here inside of its process: requests for that host go to the server under test.
import http from 'node:http'
import https from 'node:https'

const FIXED_HOST = /^mcs\.us1\.twilio\.com/

type Options = http.RequestOptions & { host?: string }

export function sendMediaTo(serverUrl: string): void {
  const { hostname, port } = new URL(serverUrl)
  const before = https.request
  const request = (options: Options, ...rest: never[]): http.ClientRequest =>
    FIXED_HOST.test(options.host ?? options.hostname ?? '')
      ? http.request({ ...options, host: hostname, hostname, port, agent: false }, ...rest)
      : before(options, ...rest)
  https.request = request as typeof https.request
}
