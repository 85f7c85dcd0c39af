/** Two Linux VMs in a network of their own: from either `ping 10.0.0.1` or `10.0.0.2`; Ctrl-A and a VM's number change between them. */
import { debian, defineSystem, virtio } from 'bulkhead'

function linux(number: number) {
  return {
    name: number === 1 ? 'one' : 'two',
    memory: '192M',
    kernel: debian.kernel(),
    initrd: debian.busyboxInitrd({
      modules: ['virtio_mmio', 'virtio_net'],
      lines: [`ip address add 10.0.0.${number}/24 dev eth0`, 'ip link set eth0 up'],
    }),
    bootargs: 'console=ttyAMA0 quiet',
    devices: ['uart' as const, virtio.net({ network: 'lan' })],
  }
}

export default defineSystem({
  board: { name: 'qemu-virt', cpus: 2 },
  networks: { lan: { offload: true } },
  vms: [linux(1), linux(2)],
})
