#include "loss.h"

/* A loss whose numbers come from the host, all observations at once: see host_evaluate. */
const sp_glm_ops sp_glm_host = {.name = "host"};
