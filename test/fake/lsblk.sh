#!/bin/sh
# Stands in for lsblk: prints the file beside it, whatever is asked.
cat "$(dirname "$0")/lsblk.json"
