/* SPDX-License-Identifier: Apache-2.0 */
#include "vision.h"

#include "files.h"

int fetch_output(struct vaccel_session *sess, struct vaccel_output *out)
{
    int ret;

    if (!out->held)
        return VACCEL_OK;
    out->data = malloc(out->size);
    if (!out->data)
        return VACCEL_ENOMEM;
    ret = vaccel_output_fetch(sess, out);
    if (ret != VACCEL_OK) {
        free(out->data);
        out->data = NULL;
    }
    return ret;
}

static int save_picture(struct vaccel_session *sess, struct vaccel_output *picture,
                        const char *path)
{
    int ret = fetch_output(sess, picture);

    if (ret == VACCEL_OK && write_file(path, picture->data, picture->size) != 0)
        ret = VACCEL_EIO;
    free(picture->data);
    return ret;
}

static int show_and_save(vision_fn show, const void *img, size_t size, const char *annotated)
{
    struct vaccel_session sess = {0};
    struct vaccel_output picture = {0};
    int ret = vaccel_session_init(&sess, 0);

    if (ret != VACCEL_OK)
        return ret;
    ret = show(&sess, img, size, annotated ? &picture : NULL);
    if (ret == VACCEL_OK && annotated)
        ret = save_picture(&sess, &picture, annotated);
    vaccel_session_release(&sess);
    return ret;
}

int vision_main(int argc, char **argv, vision_fn show)
{
    void *img;
    size_t size;
    int ret;

    if (argc < 2 || argc > 3) {
        fprintf(stderr,
                "usage: %s PICTURE [ANNOTATED]\n"
                "PICTURE is a JPEG or PNG file; ANNOTATED is written: the same with the result\n",
                argv[0]);
        return EXIT_FAILURE;
    }
    if (read_file(argv[1], &img, &size) != 0)
        return EXIT_FAILURE;
    ret = show_and_save(show, img, size, argc > 2 ? argv[2] : NULL);
    free(img);
    if (ret != VACCEL_OK)
        fprintf(stderr, "%s: %s\n", argv[1], strerror(ret));
    return ret == VACCEL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
