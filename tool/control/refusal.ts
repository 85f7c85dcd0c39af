/** What a board refuses to do, with the remedy. */
import { UserError } from '../ui/failure.ts'
import { ERRORS, type ErrorName } from './word.ts'

/** What the board refused, by its name in the protocol. */
export class Refusal extends UserError {
  override name = 'Refusal'
  readonly reason: ErrorName | 'unknown'

  constructor(reason: Refusal['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}

/** In words for whoever asked about `vm`, or of a template by that name. */
export function refusal(
  { code, data }: { code: number; data?: { state?: string | undefined; ms?: number | undefined } | undefined },
  vm = '',
): Refusal {
  const reason = (ERRORS as Record<number, ErrorName>)[code] ?? 'unknown'
  switch (reason) {
    case 'unknown-vm':
      return new Refusal(reason, `there is no VM '${vm}': npx bulkhead ps lists them`)
    case 'wrong-state':
      return new Refusal(reason, `${vm} cannot do that now: it is ${data?.state ?? 'in another state'}`)
    case 'lacks-cpu':
      return new Refusal(reason, `${vm} cannot run: one of its CPUs did not start`)
    case 'unknown-template':
      return new Refusal(reason, 'there is no such template')
    case 'bad-name':
      return new Refusal(
        reason,
        "that is no VM's name: it starts with a letter and has only a-z, 0-9 and -, at most 31",
      )
    case 'name-taken':
      return new Refusal(
        reason,
        `there is a VM of that name already: npx bulkhead ps lists them; choose one with --name`,
      )
    case 'no-room':
      return new Refusal(reason, 'there are 16 VMs, 32 vCPUs, or 32 network and socket devices, already: destroy one')
    case 'address-taken':
      return new Refusal(
        reason,
        "another VM has the MAC address that it would have: destroy that one; or leave the template's mac out, so that each VM's follows from its name",
      )
    case 'no-memory':
      return new Refusal(reason, 'no piece of free RAM holds it: destroy a VM, or give the template less')
    case 'no-core':
      return new Refusal(
        reason,
        "one of the template's cores is another VM's, or has too little left: destroy that VM first",
      )
    case 'bad-template':
      return new Refusal(reason, 'the bundle says of this template what core cannot make: build it again')
    case 'critical':
      return new Refusal(reason, `${vm} is critical: --force destroys it all the same`)
    case 'fixed':
      return new Refusal(reason, `${vm} is a VM of the config, not of a template: it can be stopped, not destroyed`)
    case 'not-debuggable':
      return new Refusal(reason, `${vm} may not be debugged: give it debug: true in the config, and build it again`)
    case 'unknown-port':
      return new Refusal(reason, `${vm}'s console has no such port: its config names them in virtio.console({ ports })`)
    case 'lacks-balloon':
      return new Refusal(reason, `${vm} has no balloon: give it virtio.balloon() and build again`)
    case 'locked':
      return new Refusal(reason, 'the board wants a key: name its file in BULKHEAD_KEY')
    case 'wrong-key':
      return new Refusal(reason, 'the key is not the one that the board was built with: name its file in BULKHEAD_KEY')
    case 'later':
      return new Refusal(reason, `somebody gave the board a wrong key: it looks at none for ${data?.ms ?? 'some'} ms`)
    default:
      return new Refusal(reason, `the board refused the request: ${reason} (${code})`)
  }
}
