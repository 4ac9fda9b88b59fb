/* SPDX-License-Identifier: Apache-2.0 */
#include "virtio/accelerator.h"

#include "vaccel/log.h"
#include "virtio/virtio.h"

size_t accelerator_config_at(unsigned int id)
{
    return id == VIRTIO_ID_BLOCK ? ACCEL_CONFIG_AT_CARRIER : ACCEL_CONFIG_AT_OWN;
}

bool accelerator_is_ours(const char *name, const struct accel_config *config)
{
    if (config->magic != WIRE_MAGIC)
        return false;
    if (config->version == ACCEL_CONFIG_VERSION)
        return true;
    vaccel_error("%s is an accelerator of version %u, and not used: this program knows version %d",
                 name, config->version, ACCEL_CONFIG_VERSION);
    return false;
}
