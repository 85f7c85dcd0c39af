/** The budgets of what several cores, and several VMs on one core, cost each other. */

export interface CoreFigure {
  /** As in CoreResult.figures. */
  key: string
  title: string
  /** As a person reads it. */
  budget: string
  isWithin: (value: number, all: Record<string, number>) => boolean
}

/** Points of a percent that a share may be off. */
const TOLERANCE = 0.5
/** How much worse a neighbour's storm may make it. */
const DISTURBANCE = 1.05

export const CORE_FIGURES: CoreFigure[] = [
  near('eighty', 'share of the VM with 80 % while both spin, 10 s', 80),
  near('twenty', 'share of the VM with 20 %', 20),
  atMost('calm-missed', '1 kHz loops on one core, 80 to 20: periods missed', 0),
  atMost('switch', 'WFI of one vCPU to the other on its core, instructions', 700),
  atMost('sgi', 'SGI to a vCPU on another core, both visits, instructions', 500),
  atMost('net', 'a frame of 1,500 bytes, guest to guest in bulk, both cores, instructions', 1200),
  known('uplink', 'the same out of an uplink, to an unknown address, by the driver of the network card, instructions'),
  known('stored-one', "a read of 4 KiB from the board's own disk, by its driver, instructions"),
  known('stored-many', 'the same, one of 8 at once'),
  atMost('exits', 'exits in a second of a busy loop on a core of its own', 0),
  atMost('missed', '1 kHz loop beside a storm on another core: periods missed', 0),
  known('alone', 'its worst jitter alone, ns'),
  {
    key: 'beside',
    title: 'its worst jitter beside the storm, ns',
    budget: 'alone + 5 %',
    isWithin: (value, { alone }) => value <= alone! * DISTURBANCE,
  },
]

/** Without a budget. */
function known(key: string, title: string): CoreFigure {
  return { key, title, budget: '-', isWithin: () => true }
}

function near(key: string, title: string, aim: number): CoreFigure {
  return { key, title, budget: `${aim} ± ${TOLERANCE}`, isWithin: (value) => Math.abs(value - aim) <= TOLERANCE }
}

function atMost(key: string, title: string, most: number): CoreFigure {
  return { key, title, budget: String(most), isWithin: (value) => value <= most }
}
