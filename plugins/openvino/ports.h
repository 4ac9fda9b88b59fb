/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENVINO_PORTS_H
#define OPENVINO_PORTS_H

#include "vaccel.h"

#include <openvino/c/openvino.h>

/* An input or an output of a compiled model. */
struct port {
    char *name; /* one of its names, or "" if it has none */
    enum vaccel_data_type type;
    ov_element_type_e element;
    int nr_dims;                          /* -1: unknown */
    int64_t dims[VACCEL_TENSOR_DIMS_MAX]; /* -1: any */
    bool is_dynamic;
};

enum direction { INPUT, OUTPUT };

/* All inputs or all outputs of it. */
struct ports {
    const ov_compiled_model_t *model;
    enum direction direction;
    size_t count;
    struct port *all;
};

/*
 * @model  must outlive @ports
 * Returns ENOMEM, EBACKEND (OpenVINO failed, or more dimensions than a tensor can have).
 */
int ports_read(struct ports *ports, const ov_compiled_model_t *model, enum direction direction);
void ports_release(struct ports *ports);

/*
 * Find a port by any of its names, or, if @name is NULL, by its @place.
 * @index  set to its number
 * Returns EINVAL (none; the log says which there are).
 */
int ports_find(const struct ports *ports, const char *name, size_t place, size_t *index);

/* "input" or "output". */
const char *direction_name(enum direction direction);

#endif
