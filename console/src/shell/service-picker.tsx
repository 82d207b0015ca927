import { Select } from '@mantine/core'
import type { ReactNode } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { servicesPath } from '../api/paths.ts'
import { useList, useResource } from '../api/queries.ts'
import type { Service } from '../api/types.ts'

/** Changes the service and stays in the same section. */
export function ServicePicker({ selected }: { selected: string | undefined }): ReactNode {
  const { items, isPending } = useList<Service>(`${servicesPath}?PageSize=100`)
  const isMissing = !isPending && selected !== undefined && items.every(({ sid }) => sid !== selected)
  const current = useResource<Service>(`${servicesPath}/${selected}`, { enabled: isMissing })
  const services = isMissing && current.data ? [current.data, ...items] : items
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const section = pathname.split('/')[3] ?? 'channels'
  if (services.length === 0) return null
  return (
    <Select
      aria-label="Service"
      placeholder="Choose a service"
      size="xs"
      w={{ base: 150, sm: 240 }}
      searchable
      allowDeselect={false}
      value={selected ?? null}
      data={services.map(({ sid, friendly_name }) => ({ value: sid, label: friendly_name }))}
      onChange={(sid) => sid && void navigate(`/services/${sid}/${section}`)}
    />
  )
}
