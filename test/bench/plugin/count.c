/* A plugin of QEMU's TCG that counts executed instructions from the last time that address `start=` was reached with that very
 * virtual address, to the end of the run, on all CPUs together: a CPU in WFI executes none. The count goes to QEMU's log (-d plugin).
 * Declared here is what it uses of QEMU's plugin interface, version 4: https://www.qemu.org/docs/master/devel/tcg-plugins.html */
#include <stddef.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))

struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*translated)(uint64_t id, struct qemu_plugin_tb *tb);
typedef void (*executed)(unsigned vcpu, void *data);
typedef void (*ended)(uint64_t id, void *data);
enum { CB_NO_REGS = 0 };

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, translated);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *, executed, int flags, void *data);
void qemu_plugin_register_atexit_cb(uint64_t id, ended, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
void qemu_plugin_outs(const char *);

EXPORT int qemu_plugin_version = 4;

/* One thread plays all CPUs (thread=single), so that one counter does. */
static uint64_t count;
static uint64_t start;

static void plain(unsigned vcpu, void *data) {
  (void)vcpu, (void)data;
  count++;
}

static void first(unsigned vcpu, void *data) {
  (void)vcpu, (void)data;
  count = 1;
}

/* One by one: an instruction that traps ends its block early. */
static void translate(uint64_t id, struct qemu_plugin_tb *tb) {
  (void)id;
  size_t length = qemu_plugin_tb_n_insns(tb);
  for (size_t i = 0; i < length; i++) {
    struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
    int is_first = qemu_plugin_insn_vaddr(insn) == start;
    qemu_plugin_register_vcpu_insn_exec_cb(insn, is_first ? first : plain, CB_NO_REGS, NULL);
  }
}

static void report(uint64_t id, void *data) {
  (void)id, (void)data;
  char text[] = "executed 00000000000000000000\n";
  for (char *digit = text + sizeof text - 3; *digit != ' '; digit--, count /= 10) *digit = '0' + count % 10;
  qemu_plugin_outs(text);
}

EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv) {
  (void)info;
  if (argc != 1) return -1;
  const char *at = argv[0];
  for (const char *name = "start="; *name; name++)
    if (*at++ != *name) return -1;
  for (; *at >= '0' && *at <= '9'; at++) start = start * 10 + (uint64_t)(*at - '0');
  if (*at) return -1;
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  qemu_plugin_register_atexit_cb(id, report, NULL);
  return 0;
}
