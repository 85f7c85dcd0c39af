/** A network device's place, as the bundle states it. */

export interface FakePlace {
  network?: number
  vlan?: number
  isOpen?: boolean
  /** First byte first. */
  mac: string
  mtu?: number
  offload?: boolean
}
