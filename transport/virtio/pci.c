/* SPDX-License-Identifier: Apache-2.0 */
#include "virtio/pci.h"

#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel/log.h"

/* virtio over PCI, the modern interface. Numbers are PCI's, and virtio 1.2's of section 4.1. */

enum pci_register {
    PCI_ID = 0x00,
    PCI_COMMAND = 0x04,
    PCI_HEADER = 0x0c,
    PCI_BAR = 0x10,
    PCI_BUSES = 0x18, /* of a bridge */
    PCI_SUBSYSTEM = 0x2c,
    PCI_CAPABILITIES = 0x34,
};

enum {
    PCI_COMMAND_MEMORY = 1 << 1,
    PCI_COMMAND_MASTER = 1 << 2,
    PCI_COMMAND_NO_LINE = 1 << 10,
    PCI_HAS_CAPABILITIES = 1 << 20, /* of the word at PCI_COMMAND */
    PCI_IS_MULTIFUNCTION = 1 << 23, /* of the word at PCI_HEADER */
    PCI_HEADER_TYPE_AT = 16,
    PCI_HEADER_TYPE_MASK = 0x7f,
    PCI_SLOTS = 32,
    PCI_FUNCTIONS = 8,
    PCI_CAPABILITIES_MOST = 48,
    PCI_BARS = 6,
    PCI_BAR_IS_PORT = 1,
    PCI_BAR_TYPE_MASK = 6,
    PCI_BAR_IS_64_BITS = 4,
    PCI_CAPABILITY_VENDOR = 0x09,
    PCI_CAPABILITY_MSIX = 0x11,
    MSIX_ENABLE = 1u << 31, /* of the capability's first word */
    MSIX_MASK_ALL = 1 << 30,
    MSIX_BAR_MASK = 7,
    MSIX_ENTRY_SIZE = 16,
    BRIDGES_DEEP = 8,
};

enum {
    VIRTIO_VENDOR = 0x1af4,
    VIRTIO_TRANSITIONAL_FIRST = 0x1000,
    VIRTIO_MODERN_FIRST = 0x1040,
    VIRTIO_LAST = 0x107f,
    VIRTIO_NO_VECTOR = 0xffff,
};

enum structure { COMMON = 1, NOTIFY = 2, DEVICE_CONFIG = 4, NR_STRUCTURES = 5 };

/* The common structure. */
enum common_field {
    COMMON_DEVICE_FEATURES_SELECT = 0,
    COMMON_DEVICE_FEATURES = 4,
    COMMON_DRIVER_FEATURES_SELECT = 8,
    COMMON_DRIVER_FEATURES = 12,
    COMMON_CONFIG_VECTOR = 16,
    COMMON_STATUS = 20,
    COMMON_QUEUE_SELECT = 22,
    COMMON_QUEUE_SIZE = 24,
    COMMON_QUEUE_VECTOR = 26,
    COMMON_QUEUE_ENABLE = 28,
    COMMON_QUEUE_NOTIFY_OFFSET = 30,
    COMMON_QUEUE_DESC = 32,
    COMMON_QUEUE_DRIVER = 40,
    COMMON_QUEUE_DEVICE = 48,
    COMMON_SIZE = 56,
};

struct pci_device {
    struct virtio_device device;
    const struct pci_access *pci;
    uint32_t function;
    struct place {
        volatile uint8_t *start;
        uint32_t size;
    } places[NR_STRUCTURES];
    uint32_t notify_multiplier;
    volatile uint8_t *doorbells[VIRTIO_QUEUES_MOST];
    volatile uint32_t *vectors; /* MSI-X; NULL: the device is polled */
};

static struct pci_device *pci_of(struct virtio_device *device)
{
    return (struct pci_device *)device;
}

static uint32_t read_word(const struct pci_device *device, uint32_t offset)
{
    return device->pci->read(device->function, offset);
}

static volatile uint8_t *common(struct virtio_device *device, enum common_field field)
{
    return pci_of(device)->places[COMMON].start + field;
}

static volatile uint16_t *common16(struct virtio_device *device, enum common_field field)
{
    return (volatile uint16_t *)(volatile void *)common(device, field);
}

static volatile uint32_t *common32(struct virtio_device *device, enum common_field field)
{
    return (volatile uint32_t *)(volatile void *)common(device, field);
}

static void read_config(struct virtio_device *device, size_t offset, uint8_t *data, size_t size)
{
    const volatile uint8_t *config = pci_of(device)->places[DEVICE_CONFIG].start;
    size_t i;

    for (i = 0; i < size; i++)
        data[i] = config[offset + i];
}

static uint8_t status(struct virtio_device *device)
{
    return *common(device, COMMON_STATUS);
}

static void set_status(struct virtio_device *device, uint8_t value)
{
    *common(device, COMMON_STATUS) = value;
}

static uint64_t features(struct virtio_device *device)
{
    uint64_t high;

    *common32(device, COMMON_DEVICE_FEATURES_SELECT) = 1;
    high = *common32(device, COMMON_DEVICE_FEATURES);
    *common32(device, COMMON_DEVICE_FEATURES_SELECT) = 0;
    return high << 32 | *common32(device, COMMON_DEVICE_FEATURES);
}

static void set_features(struct virtio_device *device, uint64_t value)
{
    *common32(device, COMMON_DRIVER_FEATURES_SELECT) = 1;
    *common32(device, COMMON_DRIVER_FEATURES) = (uint32_t)(value >> 32);
    *common32(device, COMMON_DRIVER_FEATURES_SELECT) = 0;
    *common32(device, COMMON_DRIVER_FEATURES) = (uint32_t)value;
}

static size_t queue_size_most(struct virtio_device *device, unsigned int index)
{
    *common16(device, COMMON_QUEUE_SELECT) = (uint16_t)index;
    return *common16(device, COMMON_QUEUE_SIZE);
}

static void set_address(struct virtio_device *device, enum common_field field, const void *data)
{
    uint64_t address = (uintptr_t)data;

    *common32(device, field) = (uint32_t)address;
    *common32(device, field + 4) = (uint32_t)(address >> 32);
}

/* A reset took the vectors from the queues. */
static void set_vector(struct virtio_device *device)
{
    if (!pci_of(device)->vectors)
        return;
    *common16(device, COMMON_CONFIG_VECTOR) = VIRTIO_NO_VECTOR;
    *common16(device, COMMON_QUEUE_VECTOR) = 0;
    if (*common16(device, COMMON_QUEUE_VECTOR) == VIRTIO_NO_VECTOR)
        vaccel_warn("%s has no room for an interrupt: it is polled", device->name);
}

static void set_queue(struct virtio_device *device, unsigned int index,
                      const struct virtqueue *queue)
{
    struct pci_device *own = pci_of(device);
    uint64_t doorbell;

    *common16(device, COMMON_QUEUE_SELECT) = (uint16_t)index;
    *common16(device, COMMON_QUEUE_SIZE) = (uint16_t)queue->size;
    set_address(device, COMMON_QUEUE_DESC, queue->desc);
    set_address(device, COMMON_QUEUE_DRIVER, queue->avail);
    set_address(device, COMMON_QUEUE_DEVICE, queue->used);
    set_vector(device);
    doorbell = (uint64_t)*common16(device, COMMON_QUEUE_NOTIFY_OFFSET) * own->notify_multiplier;
    if (doorbell + sizeof(uint16_t) > own->places[NOTIFY].size)
        doorbell = 0;
    own->doorbells[index] = own->places[NOTIFY].start + doorbell;
    *common16(device, COMMON_QUEUE_ENABLE) = 1;
}

static void notify(struct virtio_device *device, unsigned int index)
{
    *(volatile uint16_t *)(volatile void *)pci_of(device)->doorbells[index] = (uint16_t)index;
}

/* A message is not asserted, it is gone once it was sent. */
static bool acknowledge(struct virtio_device *device)
{
    (void)device;
    return false;
}

static const struct virtio_bus bus = {
    .read_config = read_config,
    .status = status,
    .set_status = set_status,
    .features = features,
    .set_features = set_features,
    .queue_size_most = queue_size_most,
    .set_queue = set_queue,
    .notify = notify,
    .acknowledge = acknowledge,
};

/* Where @size bytes at @offset of a BAR are; NULL: nowhere. */
static volatile uint8_t *map_bar(const struct pci_device *device, uint32_t bar, uint32_t offset,
                                 uint32_t size)
{
    uint32_t low;
    uint64_t base;

    if (bar >= PCI_BARS)
        return NULL;
    low = read_word(device, PCI_BAR + 4 * bar);
    if (low & PCI_BAR_IS_PORT)
        return NULL;
    base = low & ~15u;
    if ((low & PCI_BAR_TYPE_MASK) == PCI_BAR_IS_64_BITS && bar + 1 < PCI_BARS)
        base |= (uint64_t)read_word(device, PCI_BAR + 4 * (bar + 1)) << 32;
    if (base)
        return device->device.machine->map(base + offset, size);
    vaccel_error(
        "%s has no address: boot the virtual machine with its firmware, which gives it one",
        device->device.name);
    return NULL;
}

/* The next capability of a kind behind @at, 0 at first; 0: there is none. */
static uint32_t next_capability(const struct pci_device *device, uint32_t at, uint32_t kind)
{
    uint32_t word;
    int left = PCI_CAPABILITIES_MOST; /* a list that ends in itself does not */

    if (!(read_word(device, PCI_COMMAND) & PCI_HAS_CAPABILITIES))
        return 0;
    at = (at ? read_word(device, at) >> 8 : read_word(device, PCI_CAPABILITIES)) & 0xfc;
    for (; at && left; left--, at = word >> 8 & 0xfc) {
        word = read_word(device, at);
        if ((word & 0xff) == kind)
            return at;
    }
    return 0;
}

/* A structure's first capability counts. */
static void find_structures(struct pci_device *device)
{
    uint32_t at = 0;
    int left = PCI_CAPABILITIES_MOST;

    while (left-- && (at = next_capability(device, at, PCI_CAPABILITY_VENDOR))) {
        uint32_t kind = read_word(device, at) >> 24;
        struct place *place = kind < NR_STRUCTURES ? &device->places[kind] : NULL;

        if (!place || place->start || (kind != COMMON && kind != NOTIFY && kind != DEVICE_CONFIG))
            continue;
        place->size = read_word(device, at + 12);
        place->start = map_bar(device, read_word(device, at + 4) & 0xff, read_word(device, at + 8),
                               place->size);
        if (kind == NOTIFY)
            device->notify_multiplier = read_word(device, at + 16);
    }
}

/* One vector, for all queues. */
static void enable_msix(struct pci_device *device)
{
    uint32_t at = next_capability(device, 0, PCI_CAPABILITY_MSIX);
    uint64_t address;
    uint32_t data;
    uint32_t table;

    if (!at || !device->device.machine->message(&address, &data))
        return;
    table = read_word(device, at + 4);
    device->vectors = (volatile uint32_t *)(volatile void *)map_bar(
        device, table & MSIX_BAR_MASK, table & ~(uint32_t)MSIX_BAR_MASK, MSIX_ENTRY_SIZE);
    if (!device->vectors)
        return;
    device->pci->write(device->function, at,
                       (read_word(device, at) | MSIX_ENABLE) & ~(uint32_t)MSIX_MASK_ALL);
    device->vectors[0] = (uint32_t)address;
    device->vectors[1] = (uint32_t)(address >> 32);
    device->vectors[2] = data;
    device->vectors[3] = 0;
}

/* The virtio id of a function; 0: it is no virtio device. */
static unsigned int virtio_id(const struct pci_device *device)
{
    uint32_t word = read_word(device, PCI_ID);
    uint32_t id = word >> 16;

    if ((word & 0xffff) != VIRTIO_VENDOR || id < VIRTIO_TRANSITIONAL_FIRST || id > VIRTIO_LAST)
        return 0;
    if (id >= VIRTIO_MODERN_FIRST)
        return id - VIRTIO_MODERN_FIRST;
    return read_word(device, PCI_SUBSYSTEM) >> 16;
}

static void set_command(const struct pci_device *device, uint32_t bits)
{
    uint32_t command = read_word(device, PCI_COMMAND) & 0xffff;

    device->pci->write(device->function, PCI_COMMAND, command | bits);
}

/* @device is of the stack: only if it is wanted it is worth memory. */
static bool is_usable(struct pci_device *device, virtio_device_test *is_wanted)
{
    unsigned int id = virtio_id(device);
    const struct place *config = &device->places[DEVICE_CONFIG];

    if (!id)
        return false;
    set_command(device, PCI_COMMAND_MEMORY);
    find_structures(device);
    return config->start && is_wanted(&device->device, id, config->size) &&
           device->places[COMMON].start && device->places[COMMON].size >= COMMON_SIZE &&
           device->places[NOTIFY].start;
}

static struct virtio_device *take(const struct pci_device *candidate)
{
    struct pci_device *own = platform_alloc(sizeof(*own));

    if (!own)
        return NULL;
    *own = *candidate;
    virtio_device_begin(&own->device);
    set_command(own, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_NO_LINE);
    enable_msix(own);
    return &own->device;
}

struct search {
    const struct pci_access *pci;
    const struct virtio_machine *machine;
    virtio_device_test *is_wanted;
};

static struct virtio_device *try_function(const struct search *search, uint32_t function)
{
    struct pci_device device = {.device = {.bus = &bus, .machine = search->machine},
                                .pci = search->pci};

    device.function = function;
    text_format(device.device.name, sizeof(device.device.name), "virtio-pci %02x:%02x.%x",
                function >> 8, function >> 3 & (PCI_SLOTS - 1), function & (PCI_FUNCTIONS - 1));
    return is_usable(&device, search->is_wanted) ? take(&device) : NULL;
}

static struct virtio_device *find_on_bus(const struct search *search, uint32_t bus_number,
                                         int deep);

/* A function, or all that is behind it if it is a bridge. */
static struct virtio_device *find_at(const struct search *search, uint32_t function, int deep)
{
    const struct pci_access *pci = search->pci;
    uint32_t type = pci->read(function, PCI_HEADER) >> PCI_HEADER_TYPE_AT & PCI_HEADER_TYPE_MASK;
    uint32_t secondary = pci->read(function, PCI_BUSES) >> 8 & 0xff;

    if (type == 0)
        return try_function(search, function);
    return type == 1 && secondary > function >> 8 && deep ? find_on_bus(search, secondary, deep - 1)
                                                          : NULL;
}

static struct virtio_device *find_on_bus(const struct search *search, uint32_t bus_number, int deep)
{
    const struct pci_access *pci = search->pci;
    struct virtio_device *found = NULL;
    uint32_t function = bus_number << 8;
    uint32_t end = function + PCI_SLOTS * PCI_FUNCTIONS;
    uint32_t step;

    for (; !found && function < end; function += step) {
        bool is_there = (pci->read(function, PCI_ID) & 0xffff) != 0xffff;
        bool is_first = function % PCI_FUNCTIONS == 0;

        step = 1;
        if (is_first && (!is_there || !(pci->read(function, PCI_HEADER) & PCI_IS_MULTIFUNCTION)))
            step = PCI_FUNCTIONS;
        if (is_there)
            found = find_at(search, function, deep);
    }
    return found;
}

struct virtio_device *virtio_pci_find(const struct pci_access *pci,
                                      const struct virtio_machine *machine,
                                      virtio_device_test *is_wanted)
{
    const struct search search = {pci, machine, is_wanted};

    return find_on_bus(&search, 0, BRIDGES_DEEP);
}
