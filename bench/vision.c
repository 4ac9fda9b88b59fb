/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scans of digits, as PNG, classified through the opencv plugin and by OpenCV itself: decode,
 * resize, run the network, find the best class. MODELS is the folder of the models.
 */
#include "bare_opencv.h"
#include "measure.h"
#include "vaccel.h"

enum { PICTURES = 32, MOST_BYTES = 4096 };

struct picture {
    unsigned char data[MOST_BYTES];
    size_t size;
};

struct album {
    struct vaccel_session sess;
    struct picture pictures[PICTURES];
};

static int read_pictures(struct album *album)
{
    char path[PATH_MAX];
    FILE *file;
    size_t i;

    for (i = 0; i < PICTURES; i++) {
        snprintf(path, sizeof(path), MODELS "/digits/held-out/%03zu.png", i);
        file = fopen(path, "rb");
        if (!file)
            return errno;
        album->pictures[i].size = fread(album->pictures[i].data, 1, MOST_BYTES, file);
        fclose(file);
    }
    return VACCEL_OK;
}

static int classify(struct album *album, size_t which, uint32_t *class)
{
    const struct picture *picture = &album->pictures[which % PICTURES];
    struct vaccel_vision_class best = {0};
    struct vaccel_output classes = {.data = &best, .size = sizeof(best)};
    int ret = vaccel_vision_classify(&album->sess, picture->data, picture->size, &classes, NULL);

    *class = best.index;
    return ret;
}

static int classify_bare(const struct album *album, size_t which)
{
    const struct picture *picture = &album->pictures[which % PICTURES];

    return bare_opencv_classify(picture->data, picture->size);
}

static int by_plugin(void *album, size_t calls)
{
    uint32_t class;
    int ret = VACCEL_OK;

    while (calls--)
        ret |= classify(album, calls, &class);
    return ret;
}

static int by_opencv(void *album, size_t calls)
{
    int ret = VACCEL_OK;

    while (calls--)
        ret |= classify_bare(album, calls) < 0 ? VACCEL_EBACKEND : VACCEL_OK;
    return ret;
}

/* Both must give the same answers, or they are not worth comparing. */
static int check(struct album *album)
{
    uint32_t class;
    size_t i;
    int ret;

    for (i = 0; i < PICTURES; i++) {
        ret = classify(album, i, &class);
        if (ret != VACCEL_OK)
            return ret;
        if ((int)class != classify_bare(album, i))
            return VACCEL_EBACKEND;
    }
    return VACCEL_OK;
}

static int compare(struct album *album)
{
    const struct contest contest = {
        .name = nr_cores() == 1 ? "digits network, opencv plugin, one core"
                                : "digits network, opencv plugin, all cores",
        .unit = "us",
        .unit_ns = 1e3,
        .run = by_plugin,
        .yardstick = "OpenCV",
        .run_yardstick = by_opencv,
        .context = album,
        .calls = PICTURES,
        .samples = 501,
        .clock = busy_clock(),
        .comparison = RATIO,
        .bar = {"low", "at most", 1.01},
    };

    return contest_hold(&contest);
}

static int begin(struct album *album)
{
    int ret = read_pictures(album);

    if (ret == VACCEL_OK && !bare_opencv_load(MODELS "/digits/digits.onnx"))
        ret = VACCEL_EBACKEND;
    if (ret == VACCEL_OK && setenv("VACCEL_VISION_MODELS", MODELS "/digits", 1) != 0)
        ret = errno;
    if (ret == VACCEL_OK)
        ret = vaccel_plugin_load("opencv");
    return ret == VACCEL_OK ? vaccel_session_init(&album->sess, 0) : ret;
}

int main(int argc, char **argv)
{
    static struct album album;
    int ret;

    measure_begin(argc, argv);
    ret = begin(&album);
    if (ret != VACCEL_OK)
        return failed("pictures, a network and a session with the opencv plugin", ret);
    ret = check(&album);
    if (ret == VACCEL_OK)
        ret = compare(&album);
    vaccel_session_release(&album.sess);
    return ret == VACCEL_OK ? EXIT_SUCCESS : failed("a picture", ret);
}
