/* SPDX-License-Identifier: Apache-2.0 */
#include "ring.h"

#include <uk/alloc.h>
#include <uk/plat/lcpu.h>
#ifdef CONFIG_LIBUKVMEM
#include <uk/falloc.h>
#include <uk/plat/io.h>
#include <uk/plat/paging.h>
#include <uk/vmem.h>
#include <virtio/virtio_ring.h>
#endif

struct virtqueue *ring_make(struct virtio_dev *device, uint16_t queue, uint16_t size,
                            virtqueue_callback_t interrupt)
{
    struct virtqueue *ring =
        virtio_vqueue_setup(device, queue, size, interrupt, uk_alloc_get_default());

    if (PTRISERR(ring))
        return NULL;
    virtqueue_intr_disable(ring);
    return ring;
}

#ifdef CONFIG_LIBUKVMEM

/*
 * The ring has frames and an area of its own, but virtqueue_destroy() frees it as if it were of the heap. So it
 * is given an allocator that knows better.
 */

static struct virtqueue *ending;

/* Not as much as the area has: that grows together with those of other rings. */
static size_t memory_size(void)
{
    return PAGE_ALIGN_UP(vring_size(virtqueue_vring_get_num(ending), PAGE_SIZE));
}

static void free_memory(const void *data)
{
    struct uk_falloc *frames = ukplat_pt_get_active()->fa;
    __paddr_t physical = ukplat_virt_to_phys(data);
    size_t size = memory_size();

    if (uk_vma_unmap(uk_vas_get_active(), (__vaddr_t)data, size, 0) == 0)
        frames->ffree(frames, physical, size >> PAGE_SHIFT);
}

static void free_part(struct uk_alloc *allocator, void *data)
{
    (void)allocator;
    if (data == ending)
        uk_free(uk_alloc_get_default(), data);
    else
        free_memory(data);
}

static void destroy(struct virtqueue *ring)
{
    struct uk_alloc allocator = {.free = free_part};

    ending = ring;
    virtqueue_destroy(ring, &allocator);
}

#else

static void destroy(struct virtqueue *ring)
{
    virtqueue_destroy(ring, uk_alloc_get_default());
}

#endif

/* As virtio_vqueue_release() does, which devices on the mmio bus do not have. */
void ring_free(struct virtqueue *ring)
{
    unsigned long flags = ukplat_lcpu_save_irqf();

    UK_TAILQ_REMOVE(&ring->vdev->vqs, ring, next);
    ukplat_lcpu_restore_irqf(flags);
    destroy(ring);
}
