/** `bulkhead completion bash|zsh`: a script for the shell's start-up file. */
import { type ArgsDef, defineCommand } from 'citty'
import { UserError } from '../ui/failure.ts'
import { checkOptions } from '../ui/option.ts'
import { type CommandTable, loadAll } from './table.ts'

const args = {
  shell: { type: 'positional', required: false, description: 'bash or zsh' },
} satisfies ArgsDef

export default defineCommand({
  meta: { name: 'completion', description: 'Print a completion script for bash or zsh' },
  args,
  async run({ args: { shell }, rawArgs }) {
    checkOptions(rawArgs, args)
    if (shell !== 'bash' && shell !== 'zsh') {
      throw new UserError('completion is for bash or zsh: eval "$(npx bulkhead completion bash)"')
    }
    const script = bashScript(await loadAll())
    // zsh runs bash's scripts through its own layer.
    console.log(shell === 'zsh' ? `autoload -U +X bashcompinit && bashcompinit\n${script}` : script)
  },
})

function bashScript(commands: CommandTable): string {
  const cases = Object.entries(commands).map(([name, { args = {} }]) => {
    const flags = Object.entries(args as ArgsDef).filter(([, option]) => option.type !== 'positional')
    return `    ${name}) words="${[...flags.map(([flag]) => `--${flag}`), '--help'].join(' ')}" ;;`
  })
  return `_bulkhead() {
  local word=\${COMP_WORDS[COMP_CWORD]} words
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${Object.keys(commands).join(' ')} --help --version" -- "$word"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
    *) COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}
complete -o filenames -F _bulkhead bulkhead`
}
