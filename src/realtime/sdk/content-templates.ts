// Content templates belong to another product: there are none.
import { type Route, route } from '../router.ts'

export const contentTemplateRoutes: Route[] = [
  route('GET', '/Client/v2/ContentTemplates', async () => ({
    status: 200,
    body: { templates: [], meta: { next_token: null, previous_token: null } },
  })),
]
