/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in a picture, or in each picture of a directory. If there is a file labels.csv
 * (file,label) beside the pictures, the answers are compared with it.
 */
#include "vaccel.h"

#include "common/files.h"
#include "common/host.h"

struct album {
    const char *folder;
    char *labels; /* the text of labels.csv, or NULL */
    char **names;
    size_t count;
};

struct tally {
    size_t failed;
    size_t compared;
    size_t right;
    double ms;
};

static const char row[] = "%-28s %-40s %8s  %s\n";

static char *join(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + sizeof("/");
    char *path = malloc(size);

    if (path)
        snprintf(path, size, "%s/%s", folder, name);
    return path;
}

/* The label of a picture; false if the album has none for it. */
static bool find_label(const struct album *album, const char *name, char *label, size_t size)
{
    size_t length = strlen(name);
    const char *line = album->labels;

    while (line && (strncmp(line, name, length) != 0 || line[length] != ',')) {
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    if (!line)
        return false;
    line += length + 1;
    snprintf(label, size, "%.*s", (int)strcspn(line, "\r\n"), line);
    return true;
}

static int classify(struct vaccel_session *sess, const char *path, char *label, size_t size,
                    double *ms)
{
    double start;
    void *img;
    size_t img_size;
    int ret;

    if (read_file(path, &img, &img_size) != 0)
        return VACCEL_EIO;
    start = now_in_ms();
    ret = vaccel_image_classification(sess, img, (unsigned char *)label, NULL, img_size, size, 0);
    *ms = now_in_ms() - start;
    free(img);
    return ret;
}

static void print_verdict(const struct album *album, const char *name, const char *label, double ms,
                          struct tally *tally)
{
    char expected[128] = "";
    char verdict[160] = "";
    char time[32];

    if (find_label(album, name, expected, sizeof(expected))) {
        tally->compared++;
        tally->right += strcmp(label, expected) == 0;
        snprintf(verdict, sizeof(verdict), "%s%s",
                 strcmp(label, expected) == 0 ? "right" : "wrong: ",
                 strcmp(label, expected) == 0 ? "" : expected);
    }
    snprintf(time, sizeof(time), "%.2f", ms);
    printf(row, name, label, time, verdict);
}

static void classify_one(struct vaccel_session *sess, const struct album *album, const char *name,
                         struct tally *tally)
{
    char *path = join(album->folder, name);
    char label[128] = "";
    double ms = 0.0;
    int ret = path ? classify(sess, path, label, sizeof(label), &ms) : VACCEL_ENOMEM;

    free(path);
    tally->ms += ms;
    if (ret == VACCEL_OK) {
        print_verdict(album, name, label, ms, tally);
    } else {
        tally->failed++;
        printf(row, name, "-", "-", strerror(ret));
    }
}

static void show_progress(size_t done, size_t total)
{
    enum { WIDTH = 40 };
    int filled = (int)(done * WIDTH / total);

    fflush(stdout);
    if (is_watched())
        fprintf(stderr, "[%.*s%*s] %zu of %zu\r", filled,
                "########################################", WIDTH - filled, "", done, total);
}

static void hide_progress(void)
{
    if (is_watched())
        fprintf(stderr, "\033[K");
}

static void print_summary(const struct album *album, const struct tally *tally)
{
    size_t classified = album->count - tally->failed;

    printf("\n%zu of %zu pictures classified", classified, album->count);
    if (classified)
        printf(", %.2f ms each", tally->ms / (double)classified);
    if (tally->compared)
        printf("\naccuracy %.2f %%: %zu of %zu right",
               100.0 * (double)tally->right / (double)tally->compared, tally->right,
               tally->compared);
    printf("\n");
}

static int classify_all(const struct album *album)
{
    struct vaccel_session sess = {0};
    struct tally tally = {0};
    int ret = vaccel_session_init(&sess, 0);
    size_t i;

    if (ret != VACCEL_OK) {
        fprintf(stderr, "cannot begin a session: %s\n", strerror(ret));
        return EXIT_FAILURE;
    }
    printf(row, "file", "label", "ms", album->labels ? "verdict" : "");
    for (i = 0; i < album->count; i++) {
        hide_progress();
        classify_one(&sess, album, album->names[i], &tally);
        show_progress(i + 1, album->count);
    }
    hide_progress();
    vaccel_session_release(&sess);
    print_summary(album, &tally);
    return tally.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static char *as_text(void *data, size_t size)
{
    char *text = realloc(data, size + 1);

    if (text)
        text[size] = '\0';
    else
        free(data);
    return text;
}

/* What is in labels.csv, NULL if there is none. Returns 0, or -1 after saying what is wrong. */
static int read_labels(const char *folder, char **labels)
{
    char *path = join(folder, "labels.csv");
    bool found = path && exists(path);
    void *data = NULL;
    size_t size = 0;

    *labels = NULL;
    if (found && read_file(path, &data, &size) == 0)
        *labels = as_text(data, size);
    free(path);
    if (*labels || (path && !found))
        return 0;
    fprintf(stderr, "%s: the labels cannot be read\n", folder);
    return -1;
}

static int classify_directory(const char *folder)
{
    struct album album = {.folder = folder};
    int ret = EXIT_FAILURE;

    if (list_pictures(folder, &album.names, &album.count) != 0)
        return EXIT_FAILURE;
    if (read_labels(folder, &album.labels) == 0)
        ret = classify_all(&album);
    free(album.labels);
    free_names(album.names, album.count);
    return ret;
}

static int classify_file(char *path)
{
    char *slash = strrchr(path, '/');
    char *name = slash ? slash + 1 : path;
    struct album album = {.folder = slash ? path : ".", .names = &name, .count = 1};

    if (slash)
        *slash = '\0';
    return classify_all(&album);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr,
                "usage: %s PICTURE|DIRECTORY\n"
                "classifies a PNG or JPEG file, or all in a directory; with a file labels.csv "
                "(file,label) in it the answers are checked\n",
                argv[0]);
        return EXIT_FAILURE;
    }
    return is_directory(argv[1]) ? classify_directory(argv[1]) : classify_file(argv[1]);
}
