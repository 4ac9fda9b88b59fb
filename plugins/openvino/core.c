/* SPDX-License-Identifier: Apache-2.0 */
#include "core.h"

#include "failure.h"

#include "vaccel.h"

static ov_core_t *core;
static char device[128];
static const char *execution_mode;

/* "GPU" is any of "GPU.0", "GPU.1". */
static bool is_device(const char *name, size_t length, const char *available)
{
    return !strncmp(name, available, length) &&
           (available[length] == '\0' || available[length] == '.');
}

static bool is_available(const char *name, size_t length, const ov_available_devices_t *available)
{
    size_t i;

    for (i = 0; i < available->size; i++) {
        if (length && is_device(name, length, available->devices[i]))
            return true;
    }
    return false;
}

/* Whether all devices of a list are there, whose names are separated by commas. */
static bool all_available(const char *list, const ov_available_devices_t *available)
{
    for (;;) {
        size_t length = strcspn(list, ",");

        if (!is_available(list, length, available))
            return false;
        if (!list[length])
            return true;
        list += length + 1;
    }
}

static bool is_usable(const char *setting, const ov_available_devices_t *available)
{
    static const char chosen_of[] = "AUTO:";

    if (!strcmp(setting, "AUTO"))
        return available->size > 0;
    if (!strncmp(setting, chosen_of, sizeof(chosen_of) - 1))
        return all_available(setting + sizeof(chosen_of) - 1, available);
    return !strchr(setting, ',') && all_available(setting, available);
}

static int refuse(const char *setting, const ov_available_devices_t *available)
{
    char list[256] = "none";
    size_t length = 0;
    size_t i;

    for (i = 0; i < available->size && length < sizeof(list); i++)
        length += (size_t)snprintf(list + length, sizeof(list) - length, "%s%s", i ? ", " : "",
                                   available->devices[i]);
    vaccel_error(
        "[openvino] VACCEL_OPENVINO_DEVICE is \"%s\": set it to a device that is there (%s), to "
        "AUTO, or to AUTO: and a list of such devices",
        setting, list);
    return VACCEL_ENODEV;
}

/* One that is empty counts as not set. */
static const char *setting_of(const char *name, const char *otherwise)
{
    const char *value = getenv(name);

    return value && *value ? value : otherwise;
}

static int choose_device(void)
{
    const char *setting = setting_of("VACCEL_OPENVINO_DEVICE", "CPU");
    ov_available_devices_t available = {NULL, 0};
    int ret;

    if (ov_core_get_available_devices(core, &available) != OK)
        return failure(VACCEL_EBACKEND, "devices cannot be listed");
    if (is_usable(setting, &available) &&
        snprintf(device, sizeof(device), "%s", setting) < (int)sizeof(device))
        ret = VACCEL_OK;
    else
        ret = refuse(setting, &available);
    ov_available_devices_free(&available);
    return ret;
}

/* Results are those of the model's own types, unless the operator prefers what is faster. */
static int choose_execution_mode(void)
{
    const char *setting = setting_of("VACCEL_OPENVINO_EXECUTION_MODE", "accuracy");

    if (!strcmp(setting, "accuracy")) {
        execution_mode = "ACCURACY";
    } else if (!strcmp(setting, "performance")) {
        execution_mode = "PERFORMANCE";
    } else {
        vaccel_error(
            "[openvino] VACCEL_OPENVINO_EXECUTION_MODE is \"%s\": set it to accuracy or to "
            "performance",
            setting);
        return VACCEL_EINVAL;
    }
    return VACCEL_OK;
}

int core_open(void)
{
    int ret;

    if (ov_core_create(&core) != OK)
        return failure(VACCEL_EBACKEND, "OpenVINO does not start");
    ret = choose_device();
    if (ret == VACCEL_OK)
        ret = choose_execution_mode();
    if (ret != VACCEL_OK)
        core_close();
    return ret;
}

void core_close(void)
{
    ov_core_free(core);
    core = NULL;
}

ov_core_t *core_get(void)
{
    return core;
}

const char *core_device(void)
{
    return device;
}

const char *core_execution_mode(void)
{
    return execution_mode;
}
