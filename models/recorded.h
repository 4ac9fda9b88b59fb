/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: what the frameworks themselves gave for the models here, as files of 32-bit floats. */
#pragma once

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Implementations of the same arithmetic stay this close on the digits and the lstm. */
#define RECORDED_TOLERANCE 1e-5f

/* digits/held-out/scans.f32 and scores.f32 */
enum { RECORDED_SCANS = 360, RECORDED_SCAN_SIZE = 8 * 8, RECORDED_DIGITS = 10 };

/* lstm/batch-1/ and batch-3/: sequence.f32, h0.f32, c0.f32 give states.f32, h1.f32, c1.f32 */
enum { RECORDED_STEPS = 6, RECORDED_FEATURES = 8, RECORDED_HIDDEN = 16 };

/* The floats of a file, named from models/ on; the caller frees them. A test cannot go on without. */
static inline float *recorded_read(const char *name, size_t count)
{
    char path[4096];
    FILE *file = NULL;
    float *values = calloc(count + 1, sizeof(*values));

    snprintf(path, sizeof(path), "%s/%s", MODELS, name);
    file = fopen(path, "rb");
    if (!values || !file || fread(values, sizeof(*values), count + 1, file) != count) {
        fprintf(stderr, "%s does not hold %zu floats\n", path, count);
        exit(1);
    }
    fclose(file);
    return values;
}

/* The largest difference; infinite where one is not a number. */
static inline float recorded_apart(const float *one, const float *other, size_t count)
{
    float largest = 0;

    for (size_t i = 0; i < count; i++) {
        float apart = fabsf(one[i] - other[i]);

        if (isnan(apart))
            return INFINITY;
        if (apart > largest)
            largest = apart;
    }
    return largest;
}
