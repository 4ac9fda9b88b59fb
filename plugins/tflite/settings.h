/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TFLITE_SETTINGS_H
#define TFLITE_SETTINGS_H

/* What the operator says in the environment; read once, when the plugin is loaded. */
struct settings {
    int threads;          /* of an interpreter; 0: as TensorFlow Lite decides */
    const char *delegate; /* path of a library, or NULL */
    const char *delegate_options;
};

/* Returns EINVAL if a value is wrong; the log says which. */
int settings_read(struct settings *settings);

#endif
