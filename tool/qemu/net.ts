/** What QEMU puts behind a board's network card: its own small network, or an interface of this machine. */

export interface QemuNet {
  /** An interface of this machine; otherwise QEMU's user network, 10.0.2.0/24 with this machine at 10.0.2.2. */
  tap?: string | undefined
  /** Ports of this machine's loopback that lead to VMs in the user network. */
  forwards: Forward[]
}

export interface Forward {
  protocol: 'tcp' | 'udp'
  port: number
  address: string
  to: number
}

/** `tcp:2222:10.0.2.15:22`; undefined if it is no such thing. */
export function parseForward(text: string): Forward | undefined {
  const match = /^(tcp|udp):(\d{1,5}):(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})$/.exec(text)
  if (!match) return undefined
  const [, protocol, port, address, to] = match as unknown as [string, Forward['protocol'], string, string, string]
  const isPort = (number: number) => number > 0 && number < 0x1_0000
  if (!isPort(Number(port)) || !isPort(Number(to)) || address.split('.').some((part) => Number(part) > 255))
    return undefined
  return { protocol, port: Number(port), address, to: Number(to) }
}

/** `user`, or `tap:IFNAME`; undefined if it is neither. */
export function parseNet(text: string): Pick<QemuNet, 'tap'> | undefined {
  if (text === 'user') return {}
  const name = /^tap:([A-Za-z0-9._-]{1,15})$/.exec(text)?.[1]
  return name === undefined ? undefined : { tap: name }
}

/** A virtio card by the standard that has a version, without offloads: the hypervisor asks for none. */
export function netArguments({ tap, forwards }: QemuNet): string[] {
  const rules = forwards.map(({ protocol, port, address, to }) => {
    return `hostfwd=${protocol}:127.0.0.1:${port}-${address}:${to}`
  })
  const back =
    tap === undefined
      ? ['user', 'id=uplink', ...rules]
      : ['tap', 'id=uplink', `ifname=${tap}`, 'script=no', 'downscript=no']
  return [
    ['-global', 'virtio-mmio.force-legacy=false'],
    ['-netdev', back.join(',')],
    ['-device', 'virtio-net-device,netdev=uplink'],
  ].flat()
}
