/* Wants its core without a pause, and never enters the hypervisor by itself. */
#include "image.h"

start:
    b       start
