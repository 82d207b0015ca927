// Who works and asks at the shop of the demo service.

type Person = { identity: string; friendlyName: string; title: string }

export const staff: readonly Person[] = [
  { identity: 'amara', friendlyName: 'Amara Okafor', title: 'Support lead' },
  { identity: 'ben', friendlyName: 'Ben Lindqvist', title: 'Support' },
  { identity: 'chiara', friendlyName: 'Chiara Conti', title: 'Warehouse' },
  { identity: 'dev', friendlyName: 'Dev Raman', title: 'Engineering' },
  { identity: 'elif', friendlyName: 'Elif Yıldız', title: 'Engineering' },
]

export const customers: readonly Person[] = [
  { identity: 'frank@example.com', friendlyName: 'Frank Osei', title: 'Customer' },
  { identity: 'grace@example.com', friendlyName: 'Grace Tan', title: 'Customer' },
  { identity: 'hiro@example.com', friendlyName: 'Hiro Tanaka', title: 'Customer' },
  { identity: 'ines@example.com', friendlyName: 'Inês Duarte', title: 'Customer' },
  { identity: 'jonas@example.com', friendlyName: 'Jonas Weber', title: 'Customer' },
]
