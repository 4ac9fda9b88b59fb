/* SPDX-License-Identifier: Apache-2.0 */
#include "ring.h"

#include <uk/alloc.h>
#include <uk/plat/lcpu.h>
#ifdef CONFIG_LIBUKVMEM
#include <uk/falloc.h>
#include <uk/plat/paging.h>
#include <uk/vmem.h>
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

static void free_area(const void *data)
{
    struct uk_vas *space = uk_vas_get_active();
    struct uk_falloc *frames = ukplat_pt_get_active()->fa;
    const struct uk_vma *area = uk_vma_find(space, (__vaddr_t)data);
    __paddr_t physical = ukplat_virt_to_phys(data);
    size_t size = area->end - area->start;

    if (uk_vma_unmap(space, (__vaddr_t)data, size, 0) == 0)
        frames->ffree(frames, physical, size >> PAGE_SHIFT);
}

static struct virtqueue *ending;

static void free_part(struct uk_alloc *allocator, void *data)
{
    (void)allocator;
    if (data == ending)
        uk_free(uk_alloc_get_default(), data);
    else
        free_area(data);
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
