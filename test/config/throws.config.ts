// expect: Error: no such thing; mend the code there
export default { board: board(), vms: [] }

function board(): string {
  throw new Error('no such thing')
}
