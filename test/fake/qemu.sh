#!/bin/sh
# Stands in for qemu-system-aarch64: prints a console, and ends or hangs as the last argument says.
for how; do :; done
printf 'bulkhead | Bulkhead 0.1.0\r\nlinux    | Linux up\r\n'
case $how in
  off) exit 0 ;;
  crash) printf "bulkhead | VM 'pulse' crashed; it stays off\r\n"; exit 0 ;;
  park) printf 'stop: no bundle; pass one\r\n'; exec sleep 60 ;;
  fail) echo 'qemu-system-aarch64: no such machine' >&2; exit 1 ;;
  echo) read -r line; printf 'linux    | typed %s\r\n' "$line"; exec sleep 60 ;;
  prompt) printf 'linux    | / # '; exec sleep 60 ;;
  stubborn) trap '' TERM; echo $$; while :; do sleep 1; done ;;
  hang) echo $$; exec sleep 60 ;;
esac
