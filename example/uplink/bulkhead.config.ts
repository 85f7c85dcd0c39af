/** A Linux VM that reaches what is behind the board's network card, and a neighbour that it alone reaches. In QEMU the first gets its
 * address from QEMU's own network, where this machine is 10.0.2.2. */
import { debian, defineSystem, virtio } from 'bulkhead'

/** Takes what a DHCP server offers. */
const LEASE = `printf '#!/bin/sh\\n[ "$1" = bound ] && ip address add $ip/24 dev $interface && ip route add default via $router\\nexit 0\\n' > /tmp/lease`

export default defineSystem({
  board: { name: 'qemu-virt', cpus: 3 },
  networks: { wan: { uplink: 'nic0' }, lan: { offload: true } },
  vms: [
    {
      name: 'router',
      cores: [1],
      memory: '192M',
      kernel: debian.kernel(),
      initrd: debian.busyboxInitrd({
        modules: ['virtio_mmio', 'virtio_net'],
        lines: [
          LEASE,
          'chmod +x /tmp/lease; ip link set eth0 up; udhcpc -i eth0 -s /tmp/lease -n -q',
          'ip address add 10.0.0.1/24 dev eth1; ip link set eth1 up',
        ],
      }),
      bootargs: 'console=ttyAMA0 quiet',
      devices: ['uart', virtio.net({ network: 'wan' }), virtio.net({ network: 'lan' })],
    },
    {
      name: 'inner',
      cores: [2],
      memory: '192M',
      kernel: debian.kernel(),
      initrd: debian.busyboxInitrd({
        modules: ['virtio_mmio', 'virtio_net'],
        lines: ['ip address add 10.0.0.2/24 dev eth0; ip link set eth0 up'],
      }),
      bootargs: 'console=ttyAMA0 quiet',
      devices: ['uart', virtio.net({ network: 'lan' })],
    },
  ],
})
