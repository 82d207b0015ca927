import type { TestServer } from './server.ts'

/** From now on the server's clock is an hour ahead, so that a date that moves is seen to move. */
export function letTimePass(server: TestServer): void {
  const { chat } = server.app
  const before = chat.now
  chat.now = () => before() + 3_600_000
}
