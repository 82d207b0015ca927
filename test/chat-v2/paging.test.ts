// What all lists have in common (rest-v2.md §1.8, §1.9).
import { describe, expect, test } from 'vitest'
import { getList, getPage, LISTS, type ListPage, walk } from '../support/lists.ts'
import { startServer, type TestServer } from '../support/server.ts'

const badParameter = { status: 400, body: { code: 20001 } }
const keysOf = (pages: ListPage[]): string[] => pages.flatMap(({ keys }) => keys)

async function walkBack(server: TestServer, start: string | null): Promise<ListPage[]> {
  const pages: ListPage[] = []
  for (let url = start; url !== null; url = pages[0]?.meta.previous_page_url ?? null) {
    pages.unshift(await getPage(server, url))
  }
  return pages
}

describe.each(LISTS)('the list of $name', ({ key, filters, defaultPageSize, maxPageSize, given }) => {
  test('is paged forwards and backwards by the URLs in its envelope', async () => {
    await using server = await startServer()
    const { path, keys } = await given(server)
    const size = keys.length - 3
    const base = `${server.app.publicUrl}${path}?${filters}PageSize=${size}`

    const first = await getPage(server, `${path}?PageSize=${size}&${filters}`)
    expect(first.meta).toStrictEqual({
      page: 0,
      page_size: size,
      first_page_url: `${base}&Page=0`,
      previous_page_url: null,
      url: `${base}&Page=0`,
      next_page_url: expect.stringMatching(/&Page=1&PageToken=PT\w+$/),
      key,
    })
    expect(first.meta.next_page_url).toContain(`${base}&Page=1&PageToken=`)
    expect(first.keys).toEqual(keys.slice(0, size))

    const second = await getPage(server, String(first.meta.next_page_url))
    expect(second.meta).toMatchObject({ page: 1, first_page_url: `${base}&Page=0` })
    expect(second.meta.url).toBe(first.meta.next_page_url)
    expect(second.meta.previous_page_url).toContain(`${base}&Page=0&PageToken=`)

    const again = await getPage(server, String(second.meta.previous_page_url))
    expect(again.keys).toEqual(first.keys)
    expect(again.meta).toMatchObject({ page: 0, previous_page_url: null })
    expect((await getPage(server, String(again.meta.next_page_url))).keys).toEqual(second.keys)
  })

  test('visits every item once in the order of creation, and the same pages on the way back', async () => {
    await using server = await startServer()
    const { path, keys } = await given(server)

    const pages = await walk(server, `${path}?PageSize=2`)
    expect(keysOf(pages)).toEqual(keys)
    expect(pages.map(({ meta }) => meta.page)).toEqual(pages.map((_, number) => number))
    for (const page of pages.slice(0, -1)) expect(page.keys).toHaveLength(2)
    const back = await walkBack(server, pages.at(-1)?.meta.previous_page_url ?? null)
    expect(back.map((page) => page.keys)).toEqual(pages.slice(0, -1).map((page) => page.keys))
    expect(back.map(({ meta }) => meta.page)).toEqual(back.map((_, number) => number))

    const withoutToken = await walk(server, `${path}?PageSize=2&Page=3`)
    expect(withoutToken.map((page) => page.keys)).toEqual(pages.map((page) => page.keys))
  })

  test('cuts a page size that is too large, refuses one that is none and knows when a page is the last', async () => {
    await using server = await startServer()
    const { path, keys } = await given(server)

    const usual = await getPage(server, path)
    expect(usual.keys).toEqual(keys)
    expect(usual.meta).toMatchObject({ page_size: defaultPageSize, next_page_url: null })
    for (const wanted of [`${maxPageSize}`, `${maxPageSize + 1}`, '1000', '5000', '100000000000000000000']) {
      const page = await getPage(server, `${path}?PageSize=${wanted}`)
      expect(page.meta.page_size, wanted).toBe(Math.min(Number(wanted), maxPageSize))
      expect(page.keys).toEqual(keys)
    }
    for (const wrong of ['0', '00000000000', '-1', '-50', 'ten', '2x']) {
      expect(await getList(server, `${path}?PageSize=${wrong}`), wrong).toMatchObject(badParameter)
    }

    const full = await getPage(server, `${path}?PageSize=${keys.length}`)
    expect(full.keys).toEqual(keys)
    expect(full.meta.next_page_url).toBeNull()
    const allButOne = await walk(server, `${path}?PageSize=${keys.length - 1}`)
    expect(allButOne.map((page) => page.keys)).toEqual([keys.slice(0, -1), keys.slice(-1)])
  })

  test('neither repeats nor skips items while others are deleted and created', async () => {
    await using server = await startServer()
    const { path, keys, add, remove } = await given(server)
    const size = keys.length - 3
    const first = await getPage(server, `${path}?PageSize=${size}`)

    await remove(String(first.keys.at(-1)))
    const added = await add()
    const rest = await walk(server, String(first.meta.next_page_url))
    expect(keysOf(rest)).toEqual([...keys.slice(size), added])
    const previous = await getPage(server, String(rest[0]?.meta.previous_page_url))
    expect(previous.keys).toEqual(keys.slice(0, size - 1))

    await remove(String(keys[size]))
    const again = await getPage(server, String(rest[0]?.meta.previous_page_url))
    expect(again.keys).toEqual(previous.keys)
    expect(keysOf(await walk(server, `${path}?PageSize=2`))).toEqual([
      ...keys.slice(0, size - 1),
      ...keys.slice(size + 1),
      added,
    ])
  })
})
