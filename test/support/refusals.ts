// What a refused request looks like to a user of the official library.
import { expect } from 'vitest'

export async function expectRefusal(request: Promise<unknown>, status: number, code: number): Promise<void> {
  await expect(request).rejects.toMatchObject({ status, code })
}

/** Nothing is at this address, also when it names the thing by what it was called before. */
export async function expectMissing(request: Promise<unknown>): Promise<void> {
  await expect(request).rejects.toMatchObject({
    status: 404,
    code: 20404,
    message: expect.stringMatching(/^The requested resource \/Services\/IS[0-9a-f]{32}\/.+ was not found/),
  })
}
