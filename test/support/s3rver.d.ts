/** What the tests use of the package, which has no types. */
declare module '@20minutes/s3rver' {
  import type { IncomingMessage } from 'node:http'
  import type { AddressInfo } from 'node:net'

  export type Context = {
    method: string
    path: string
    query: Record<string, string | undefined>
    req: IncomingMessage
    status: number
    type: string
    body: unknown
  }
  type Middleware = (context: Context, next: () => Promise<void>) => Promise<void>

  export default class S3rver {
    constructor(options: {
      port: number
      address: string
      silent: boolean
      directory: string
      configureBuckets: { name: string; configs: string[] }[]
    })
    middleware: Middleware[]
    run(): Promise<AddressInfo>
    close(): Promise<void>
  }
}
